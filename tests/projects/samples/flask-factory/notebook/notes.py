from flask import Blueprint, abort, request

from notebook.db import get_db

bp = Blueprint("notes", __name__)


@bp.get("/")
def index():
    rows = get_db().execute("SELECT title FROM note ORDER BY id").fetchall()
    return {"notes": [row["title"] for row in rows]}


@bp.post("/")
def create():
    title = request.form.get("title", "").strip()
    if not title:
        abort(400)
    db = get_db()
    db.execute("INSERT INTO note (title) VALUES (?)", (title,))
    db.commit()
    return {"title": title}, 201
