# Hiki of ITPASS. Pages lie below /home, so that they go along when /home is copied.
@data_path       = '/home/hiki/data'
@plugin_path     = '/usr/share/hiki/plugin'
@template_path   = '/usr/share/hiki/template'
@theme_path      = '/usr/share/hiki/theme'
@theme_url       = '/hiki/theme'
@base_url        = 'http://itpass.scitec.kobe-u.ac.jp/hiki/'
@cgi_name        = ''
@smtp_server     = 'localhost'
@use_plugin      = true
@site_name       = 'ITPASS Wiki'
@author_name     = 'ITPASS'
@mail_on_update  = false
@mail            = ['itpadmin@itpass.scitec.kobe-u.ac.jp']
@theme           = 'hiki'
@use_sidebar     = true
@main_class      = 'main'
@sidebar_class   = 'sidebar'
@auto_link       = false
@use_wikiname    = true
@xmlrpc_enabled  = false
@charset         = 'UTF-8'
@lang            = 'ja'
@repos_type      = nil
@options         = {}
eval( File.read( "#{@data_path}/hiki.conf" ) ) if File.exist?( "#{@data_path}/hiki.conf" )
