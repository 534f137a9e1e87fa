"""The far end of a connection: runs on the host as root, standard library only, Python 3.7 or newer.

The seat sends this file's text over ssh and then speaks one JSON object a line: {"op": …, arguments} is answered by
{"ok": …} or {"error": …, "kind": …}. File contents travel as base64, commands as argument lists; no shell is involved.
When the seat goes away, standard input ends and so does the agent, and with it the locks it holds.
"""

import base64
import errno
import fcntl
import grp
import hashlib
import json
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time

STATE = "/var/lib/irekae"
LOCKS = {}


class Refused(Exception):
    """An operation that the host's state forbids; `kind` tells the seat which one."""

    def __init__(self, kind, message):
        """Kind is one word for the seat's code, message is for people."""
        super().__init__(message)
        self.kind = kind


# --- files ------------------------------------------------------------------------------------------------------------


def raw(path):
    """Path as bytes: names on the host need not be UTF-8."""
    return os.fsencode(path)


def owner_of(uid):
    """Name of a user id, or its digits."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def group_of(gid):
    """Name of a group id, or its digits."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def op_stat(path):
    """What lies at path, without following a link; None when nothing does."""
    try:
        found = os.lstat(raw(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    kinds = [(stat.S_ISREG, "file"), (stat.S_ISDIR, "dir"), (stat.S_ISLNK, "link")]
    kind = next((name for test, name in kinds if test(found.st_mode)), "other")
    answer = {
        "kind": kind,
        "mode": stat.S_IMODE(found.st_mode),
        "uid": found.st_uid,
        "gid": found.st_gid,
        "owner": owner_of(found.st_uid),
        "group": group_of(found.st_gid),
        "mtime": found.st_mtime_ns,
        "size": found.st_size,
    }
    if kind == "link":
        answer["target"] = os.fsdecode(os.readlink(raw(path)))
    return answer


def op_read(path):
    """Contents and state of a regular file; a link at the end of the path is refused (ELOOP)."""
    state = op_stat(path)
    if state is None:
        return None
    fd = os.open(raw(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise Refused("kind", "%s is not a regular file" % path)
        data = file.read()
    return dict(state, data=base64.b64encode(data).decode())


def sync_folder(path):
    """Make a rename or removal in the folder of path last."""
    fd = os.open(os.path.dirname(raw(path)) or b"/", os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def op_write(path, data, mode=0o644, uid=0, gid=0, mtime=None, expect=None):
    """Put contents at path in one step: beside it, fsync, rename.

    expect: sha256 of the contents that the seat saw, "" for no file, None for any.
    """
    if expect is not None:
        now = op_read(path)
        seen = hashlib.sha256(base64.b64decode(now["data"])).hexdigest() if now else ""
        if seen != expect:
            raise Refused("changed", "%s changed while we looked at it" % path)
    name = raw(path)
    if path.startswith(STATE + "/"):
        op_mkdir(os.path.dirname(path))
    fresh = os.path.join(os.path.dirname(name), b"." + os.path.basename(name) + b".irekae-%d" % os.getpid())
    try:
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(fd, "wb") as file:
            os.fchown(fd, uid, gid)
            os.fchmod(fd, mode)
            file.write(base64.b64decode(data))
            file.flush()
            os.fsync(fd)
        if mtime is not None:
            os.utime(fresh, ns=(mtime, mtime))
        os.rename(fresh, name)
    except BaseException:
        if os.path.lexists(fresh):
            os.unlink(fresh)
        raise
    sync_folder(path)
    return op_stat(path)


def op_rename(source, target):
    """Rename; an existing target is refused."""
    if os.path.lexists(raw(target)):
        raise Refused("exists", "%s exists" % target)
    os.rename(raw(source), raw(target))
    sync_folder(target)


def op_remove(path):
    """Remove a file, link or whole folder; nothing there is fine."""
    state = op_stat(path)
    if state is None:
        return
    if state["kind"] == "dir":
        shutil.rmtree(raw(path))
    else:
        os.unlink(raw(path))
    sync_folder(path)


def op_mode(path, mode, mtime=None):
    """Change the mode of a file or folder, never through a link."""
    fd = os.open(raw(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        os.fchmod(fd, mode)
        if mtime is not None:
            os.utime(fd, ns=(mtime, mtime))
    finally:
        os.close(fd)


def op_mkdir(path, mode=0o700):
    """Make a folder and its parents."""
    os.makedirs(raw(path), mode=mode, exist_ok=True)


def op_copy_tree(source, target):
    """Copy a folder with modes, owners and times (cp -a)."""
    if os.path.lexists(raw(target)):
        raise Refused("exists", "%s exists" % target)
    subprocess.run([b"cp", b"-a", b"--", raw(source), raw(target)], check=True, stderr=subprocess.PIPE)


def op_list(path):
    """Names in a folder with their states, None when there is none."""
    try:
        names = sorted(os.listdir(raw(path)))
    except (FileNotFoundError, NotADirectoryError):
        return None
    found = {os.fsdecode(name): op_stat(os.path.join(raw(path), name)) for name in names}
    return {name: state for name, state in found.items() if state}


def op_tree(path, excludes=()):
    """Every path below a folder, relative to it; top-level names that match an exclude are left out."""
    import fnmatch

    found = []
    top = raw(path)
    for folder, folders, files in os.walk(top):
        inside = os.path.relpath(folder, top)
        if inside == b".":
            keep = lambda name: not any(fnmatch.fnmatchcase("/" + os.fsdecode(name), rule) for rule in excludes)  # noqa: E731
            folders[:], files = [name for name in folders if keep(name)], [name for name in files if keep(name)]
        found += [os.fsdecode(os.path.normpath(os.path.join(inside, name))) for name in folders + files]
    return sorted(found)


def op_grep(trees, skip, words):
    """Lines below the trees in which one of the words stands, from files that are text; links are not followed."""
    wanted = re.compile(b"|".join(re.escape(raw(word)) for word in words), re.IGNORECASE)
    skipped = tuple(raw(path) for path in skip)
    found = []
    for tree in trees:
        for folder, folders, files in os.walk(raw(tree)):
            folders[:] = sorted(name for name in folders if os.path.join(folder, name) not in skipped)
            for name in sorted(files):
                path = os.path.join(folder, name)
                state = os.lstat(path)
                if path in skipped or not stat.S_ISREG(state.st_mode) or state.st_size > 4 << 20:
                    continue
                with open(path, "rb") as file:
                    data = file.read()
                if b"\0" in data or not wanted.search(data):
                    continue
                found.append({"path": os.fsdecode(path), "data": base64.b64encode(data).decode()})
    return found


# --- checkpoints --------------------------------------------------------------------------------------------------------


def op_checkpoint(paths):
    """Keep what lies at the paths before a change; returns the change's number and what was there.

    The copies lie as plain files below checkpoints/NUMBER/, with mode, owner and time, for a person to take back.
    """
    folder = STATE + "/checkpoints"
    op_mkdir(folder)
    number = max([int(name) for name in os.listdir(folder) if name.isdigit()] or [0]) + 1
    while True:
        try:
            os.mkdir("%s/%06d" % (folder, number), 0o700)
            break
        except FileExistsError:
            number += 1
    kept = {}
    for path in paths:
        kept[path] = op_stat(path)
        if kept[path] and kept[path]["kind"] == "file":
            found = op_read(path)
            copy = "%s/%06d%s" % (folder, number, path)
            op_mkdir(os.path.dirname(copy))
            op_write(copy, found["data"], found["mode"], found["uid"], found["gid"], found["mtime"])
    return {"n": number, "kept": kept}


def op_restore(n, path, was):
    """Make path what it was when checkpoint n was taken: contents, mode, owner, time; or absent."""
    if was is None or was["kind"] != (op_stat(path) or was)["kind"]:
        op_remove(path)
    if was and was["kind"] == "file":
        kept = op_read("%s/checkpoints/%06d%s" % (STATE, n, path))
        op_write(path, kept["data"], was["mode"], was["uid"], was["gid"], was["mtime"])
    elif was and was["kind"] == "link":
        op_remove(path)
        os.symlink(raw(was["target"]), raw(path))


def op_kept(n, path):
    """The contents of path that checkpoint n keeps."""
    return op_read("%s/checkpoints/%06d%s" % (STATE, n, path))


# --- commands ---------------------------------------------------------------------------------------------------------


def environment(extra=None):
    """A plain environment: the C locale, so that messages can be recognised."""
    plain = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root"}
    return dict(plain, **(extra or {}))


def op_run(argv, stdin=None, timeout=600, env=None, cwd="/"):
    """Run a command and wait for it; timeout in seconds."""
    process = subprocess.Popen(
        [raw(word) for word in argv],
        stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(env),
        cwd=cwd,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(base64.b64decode(stdin) if stdin is not None else None, timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise Refused("timeout", "%s did not end within %s s" % (argv[0], timeout)) from None
    return {
        "status": process.returncode,
        "out": base64.b64encode(out).decode(),
        "err": base64.b64encode(err).decode(),
    }


def op_daemon_run(argv, timeout=60):
    """Run a command that leaves a daemon behind (an init script): its output goes to a file, not to a pipe that the
    daemon would keep open."""
    import tempfile

    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [raw(word) for word in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(),
            cwd="/",
            start_new_session=True,
        )
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Refused("timeout", "%s did not end within %s s" % (" ".join(argv), timeout)) from None
        output.seek(0)
        return {"status": status, "out": base64.b64encode(output.read()).decode(), "err": ""}


def op_spawn(argv, log):
    """Start a command that outlives this connection; returns its process id. Output goes to the file log."""
    with open(log, "ab") as output:
        process = subprocess.Popen(
            [raw(word) for word in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(),
            cwd="/",
            start_new_session=True,
        )
    return process.pid


def op_wait_gone(pids, timeout):
    """Wait until none of the processes is there; the ones that stay. timeout in seconds."""
    deadline = time.monotonic() + timeout
    while True:
        left = [pid for pid in pids if alive(pid)]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def alive(pid):
    """Does the process exist, other than as a zombie."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def op_processes():
    """The process table: pid, parent, uid, owner, name, command line, session, controlling terminal."""
    table = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name) as file:
                comm, _, rest = file.read().partition("(")[2].rpartition(")")
            with open("/proc/%s/cmdline" % name, "rb") as file:
                words = [os.fsdecode(word) for word in file.read().split(b"\0") if word]
            uid = os.stat("/proc/" + name).st_uid
        except OSError:
            continue
        fields = rest.split()
        if fields[0] == "Z":
            continue
        table.append(
            {
                "pid": int(name),
                "parent": int(fields[1]),
                "session": int(fields[3]),
                "tty": int(fields[4]),
                "uid": uid,
                "owner": owner_of(uid),
                "name": comm,
                "words": words,
            }
        )
    return table


def op_signal(pids, number):
    """Send a signal to processes; one that is gone already is fine."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


# --- journal and locks ------------------------------------------------------------------------------------------------


def op_append(entry):
    """Add a line to the journal and make it last. A line that a crash cut short is closed first."""
    op_mkdir(STATE)
    path = STATE + "/journal.jsonl"
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(fd).st_size
        cut = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogateescape")
        os.write(fd, (b"\n" if cut else b"") + line + b"\n")
        os.fsync(fd)
    finally:
        os.close(fd)


def op_journal():
    """Every line of the journal that can be read, in order; a line cut short by a crash is passed over."""
    try:
        with open(STATE + "/journal.jsonl", encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return []
    entries = []
    for line in lines:
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries


def op_lock(name, who):
    """Take a lock that lasts as long as this agent; None, or who holds it and since when."""
    if name in LOCKS:
        return None
    op_mkdir(STATE + "/locks")
    path = "%s/locks/%s" % (STATE, name)
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        holder = os.read(fd, 4096).decode("utf-8", "replace") or "{}"
        os.close(fd)
        return json.loads(holder)
    mine = {"who": who, "since": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "pid": os.getpid()}
    os.ftruncate(fd, 0)
    os.write(fd, json.dumps(mine).encode())
    os.fsync(fd)
    LOCKS[name] = fd
    return None


def op_unlock(name):
    """Give a lock back."""
    fd = LOCKS.pop(name, None)
    if fd is not None:
        os.close(fd)


def op_holders():
    """Which locks are held by a living agent: name → who, since when, process id."""
    found = {}
    for name in op_list(STATE + "/locks") or {}:
        fd = os.open("%s/locks/%s" % (STATE, name), os.O_RDWR)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            found[name] = json.loads(os.read(fd, 4096).decode("utf-8", "replace") or "{}")
        finally:
            os.close(fd)
    return {name: holder for name, holder in found.items() if holder.get("pid") != os.getpid()}


def op_end_agent(pid):
    """End another agent of ours, whose operator is gone; a process that is none is refused."""
    with open("/proc/%d/cmdline" % pid, "rb") as file:
        if b"irekae-agent" not in file.read():
            raise Refused("process", "process %d is no agent" % pid)
    os.kill(pid, signal.SIGTERM)
    return op_wait_gone([pid], 5)


def op_archive(folder):
    """Move what is remembered of a swap out of the way."""
    op_mkdir(folder)
    for name in os.listdir(STATE):
        if name not in ("archive", "locks"):
            os.rename("%s/%s" % (STATE, name), "%s/%s" % (folder, name))


# --- facts ------------------------------------------------------------------------------------------------------------


def text_of(path):
    """Contents of a small file, "" when there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""


def op_facts():
    """Who this host is just now, in one round trip."""
    return {
        "machine_id": text_of("/etc/machine-id"),
        "boot_id": text_of("/proc/sys/kernel/random/boot_id"),
        "hostname": socket.gethostname(),
        "time": time.time(),
        "systemd": os.path.isdir("/run/systemd/system"),
        "python": sys.version.split()[0],
        "run": json.loads(text_of(STATE + "/run.json") or "null"),
        "exchange": text_of(STATE + "/exchange/state"),
        "journal": op_journal(),
        "holders": op_holders(),
        "pid": os.getpid(),
    }


def op_links():
    """The start and stop links below /etc/rc?.d: "rc2.d/S01cron" → target."""
    found = {}
    for level in "0123456S":
        for name, state in (op_list("/etc/rc%s.d" % level) or {}).items():
            if state["kind"] == "link":
                found["rc%s.d/%s" % (level, name)] = state["target"]
    return found


def op_set_links(links):
    """Make the start and stop links exactly these."""
    now = op_links()
    for name in set(now) - set(links):
        os.unlink("/etc/" + name)
    for name, target in links.items():
        if now.get(name) != target:
            if name in now:
                os.unlink("/etc/" + name)
            os.symlink(target, "/etc/" + name)


def op_mailboxes(home, maildir):
    """Messages and bytes in each home's maildir: user → [messages, bytes]; links are not followed."""
    found = {}
    for user, state in (op_list(home) or {}).items():
        box = "%s/%s/%s" % (home, user, maildir)
        if state["kind"] != "dir" or (op_stat(box) or {"kind": ""})["kind"] != "dir":
            continue
        mails = [mail for part in ("cur", "new") for mail in (op_list("%s/%s" % (box, part)) or {}).values()]
        found[user] = [len(mails), sum(mail["size"] for mail in mails)]
    return found


def op_undo_copy(home, replaced, added):
    """Take a copy into home back: remove what it added, deepest first, and return what it replaced or deleted."""
    for path in sorted(added, key=len, reverse=True):
        name = os.path.join(raw(home), raw(unescape(path)).rstrip(b"/"))
        if not os.path.lexists(name):
            continue
        if os.path.isdir(name) and not os.path.islink(name):
            if not os.listdir(name):
                os.rmdir(name)
        else:
            os.unlink(name)
    kept = os.path.join(raw(home), raw(replaced))
    if os.path.isdir(kept):
        subprocess.run([b"cp", b"-a", b"--", kept + b"/.", raw(home)], check=True, stderr=subprocess.PIPE)
        shutil.rmtree(kept)


def unescape(path):
    """A path as rsync logs it: odd bytes stand as \\#ooo."""
    return re.sub(rb"\\#([0-7]{3})", lambda found: bytes([int(found[1], 8)]), raw(path)).decode(
        "utf-8", "surrogateescape"
    )


def op_space(path):
    """Free and used bytes of the file system that holds path."""
    found = os.statvfs(raw(path))
    return {"free": found.f_bavail * found.f_frsize, "used": (found.f_blocks - found.f_bfree) * found.f_frsize}


def serve():
    """Answer requests until the seat goes away."""
    global STATE
    os.umask(0o077)
    operations = {name[3:]: call for name, call in globals().items() if name.startswith("op_")}
    for line in sys.stdin.buffer:
        request = json.loads(line)
        STATE = request.pop("state", STATE)
        try:
            answer = {"ok": operations[request.pop("op")](**request)}
        except Refused as error:
            answer = {"error": str(error), "kind": error.kind}
        except subprocess.CalledProcessError as error:
            answer = {"error": (error.stderr or b"").decode("utf-8", "replace") or str(error), "kind": "command"}
        except OSError as error:
            answer = {"error": str(error), "kind": errno.errorcode.get(error.errno or 0, "os")}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
