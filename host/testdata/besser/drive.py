"""Drives a host with Debian's python3-websocket, and writes what came."""

import json
import re
import sys

import websocket

plan = json.load(sys.stdin)
marks = 0


def step(ws, frame):
    """Sends a frame, and shows what comes before the answer to a mark."""
    global marks
    if frame is not None:
        print(">", frame)
        binary = frame.startswith("binary ")
        ws.send(frame.removeprefix("binary "), opcode=2 if binary else 1)
    marks += 1
    mark = f"mark {marks}"
    ws.send(json.dumps({"action": "user_message", "message": "text " + mark}))
    while True:
        got = ws.recv()
        payload = json.loads(got)
        if payload["message"] == mark and not payload.get("history"):
            return
        if not re.fullmatch(r"(text )?mark \d+", str(payload["message"])):
            print("<", got)


for n, frames in enumerate(plan["connections"]):
    print("connect")
    ws = websocket.create_connection(plan["url"], timeout=60)
    for frame in ([None] if n == 0 else []) + frames:
        step(ws, frame)
    ws.close()
