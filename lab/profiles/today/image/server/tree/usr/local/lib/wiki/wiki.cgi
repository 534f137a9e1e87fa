#!/usr/bin/python3
"""A small wiki: pages in MariaDB, written through the form that Hiki has, so that whoever can edit a Hiki can edit this.

`?PAGE` shows a page, `?c=edit;p=PAGE` its form, `?c=recent` what has changed; saving an empty text removes the page.
"""

import configparser
import hashlib
import html
import os
import sys
import urllib.parse

import pymysql

CONFIG = "/etc/wiki/wiki.conf"
FRONT = "FrontPage"
LONGEST = 1_000_000  # bytes of a form


def database():
    """A connection as wiki.conf says."""
    config = configparser.ConfigParser(interpolation=None)
    with open(CONFIG, encoding="utf-8") as file:
        config.read_file(file)
    return pymysql.connect(
        unix_socket=config["database"]["socket"],
        user=config["database"]["user"],
        password=config["database"]["password"],
        database=config["database"]["name"],
        charset="utf8mb4",
        autocommit=True,
    )


def answer(status, title, body):
    """One whole answer."""
    page = f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{html.escape(title)}</title></head><body>{body}</body></html>\n"
    sys.stdout.write(f"Status: {status}\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n\r\n{page}")


def fetch(cursor, name):
    """Text and digest of a page; both empty where there is none."""
    cursor.execute("SELECT contents, md5hex FROM page WHERE name = %s", (name,))
    return cursor.fetchone() or ("", "")


def show(cursor, name):
    """The page as readers see it."""
    contents, _ = fetch(cursor, name)
    edit = f"?c=edit;p={urllib.parse.quote(name)}"
    text = f"<pre>{html.escape(contents)}</pre>" if contents else "<p>There is no such page yet.</p>"
    body = f"<h1>{html.escape(name)}</h1>{text}<p><a href='{edit}'>edit</a></p>"
    return answer("200 OK", name, body)


def form(cursor, name):
    """The form to edit a page with."""
    contents, digest = fetch(cursor, name)
    hidden = {"c": "save", "p": name, "md5hex": digest}
    fields = "".join(f"<input type='hidden' name='{key}' value='{html.escape(value)}'>" for key, value in hidden.items())
    text = f"<textarea name='contents' rows='20' cols='80'>{html.escape(contents)}</textarea>"
    button = "<input type='submit' name='save' value='Save'>"
    return answer("200 OK", name, f"<form action='./' method='post'>{fields}{text}{button}</form>")


def save(cursor, fields):
    """Write, or remove, a page that nobody has changed since its form was shown."""
    name, contents = fields.get("p", ""), fields.get("contents", "").replace("\r\n", "\n")
    if not name or len(name) > 190:
        return answer("400 Bad Request", "wiki", "<p>A page needs a name.</p>")
    before, digest = fetch(cursor, name)
    if digest != fields.get("md5hex", ""):
        return answer("409 Conflict", name, "<p>Somebody has changed it meanwhile.</p>")
    if not contents.strip():
        cursor.execute("DELETE FROM page WHERE name = %s", (name,))
    elif before:
        cursor.execute("UPDATE page SET contents = %s, md5hex = %s WHERE name = %s", (contents, md5(contents), name))
    else:
        cursor.execute("INSERT INTO page (name, contents, md5hex) VALUES (%s, %s, %s)", (name, contents, md5(contents)))
    return answer("200 OK", name, f"<p>Saved: <a href='?{urllib.parse.quote(name)}'>{html.escape(name)}</a></p>")


def md5(text):
    """What tells one state of a page from another."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def recent(cursor):
    """The pages that changed last."""
    cursor.execute("SELECT name, changed FROM recent")
    rows = "".join(f"<li>{html.escape(name)} {changed}</li>" for name, changed in cursor.fetchall())
    return answer("200 OK", "recent", f"<ul>{rows}</ul>")


def fields_of(text):
    """Names and values of a form or a query; `;` parts them as `&` does."""
    return dict(urllib.parse.parse_qsl(text.replace(";", "&"), keep_blank_values=True))


def main():
    """One request."""
    query = os.environ.get("QUERY_STRING", "")
    fields = fields_of(query)
    with database() as connection, connection.cursor() as cursor:
        if os.environ.get("REQUEST_METHOD") == "POST":
            length = min(int(os.environ.get("CONTENT_LENGTH") or 0), LONGEST)
            data = urllib.parse.parse_qsl(sys.stdin.buffer.read(length).decode(), keep_blank_values=True)
            save(cursor, dict(data))
        elif fields.get("c") == "edit":
            form(cursor, fields.get("p", FRONT))
        elif fields.get("c") == "recent":
            recent(cursor)
        else:
            show(cursor, urllib.parse.unquote(query) if query and "=" not in query else fields.get("p", FRONT))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        main()
    except (pymysql.MySQLError, OSError) as error:
        print(f"wiki: {error}", file=sys.stderr)
        answer("500 Internal Server Error", "wiki", "<p>The wiki's database does not answer.</p>")
