from fastapi import FastAPI, HTTPException

app = FastAPI()
ITEMS = {1: "lamp", 2: "chair"}


@app.get("/items/{number}")
def read_item(number: int) -> dict[str, str]:
    if number not in ITEMS:
        raise HTTPException(status_code=404)
    return {"name": ITEMS[number]}
