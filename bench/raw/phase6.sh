# The other one's address and name, by a process that outlives the connection. Argument: production or standby.
[ "$1" = production ] && own=198.51.100.21 new=198.51.100.22 || { own=198.51.100.22; new=198.51.100.21; }
cat > /root/exchange.sh <<END
ifdown eth0; sed -i 's/address $own\$/address $new/' /etc/network/interfaces; hostname -F /etc/hostname
sleep 0.5; ifup eth0; arping -q -c 2 -U -I eth0 $new
END
setsid -f sh /root/exchange.sh > /root/exchange.log 2>&1 < /dev/null
