"""Posts a goal to Agento, follows the run, and prints its output; started again, it goes on where it was.

    python3 runs.py http://127.0.0.1:3001 'Plan a street fair' fair.json > plan.json

fair.json keeps the idempotency key, the run's location and the last event seen. AGENTO_API_KEY is sent if it is set.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

base, goal, path = sys.argv[1:4]


def ask(path, body=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if key := os.environ.get("AGENTO_API_KEY"):
        named["authorization"] = f"Bearer {key}"
    data = None if body is None else json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(base + path, data, named), timeout=60)


def keep(state):
    with open(path + ".new", "w") as file:
        json.dump(state, file)
    os.replace(path + ".new", path)


def events(response):
    """The events of a stream as (id, name, data)."""
    place, name, data = "", "message", []
    for line in response:
        field, _, value = line.decode().rstrip("\r\n").partition(":")
        value = value.removeprefix(" ")
        if field == "id":
            place = value
        elif field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "" and value == "" and data:
            yield place, name, "\n".join(data)
            name, data = "message", []


def follow(state):
    """Gives the last event; None if the connection ended before it."""
    seen = {"last_event_id": state["last"]} if state["last"] else {}
    with ask(state["run"] + "/events", accept="text/event-stream", **seen) as response:
        for place, name, data in events(response):
            if name in ("run.finished", "run.failed"):
                return name, json.loads(data)
            print(place, name, data[:100], file=sys.stderr, flush=True)
            state["last"] = place
            keep(state)
    return None


try:
    with open(path) as file:
        state = json.load(file)
except FileNotFoundError:
    # Kept before it is sent: whatever happens to the request, the same key finds the same run.
    state = {"key": str(uuid.uuid4()), "run": None, "last": None}
    keep(state)

while True:
    try:
        if state["run"] is None:
            headers = {"content_type": "application/json", "prefer": "respond-async"}
            with ask("/run", {"goal": goal}, idempotency_key=f'"{state["key"]}"', **headers) as response:
                state["run"] = response.headers["location"]
            keep(state)
        if end := follow(state):
            break
    except urllib.error.HTTPError as error:
        if error.code != 503:
            sys.exit(error.read().decode())
    except OSError as error:
        print(error, file=sys.stderr)
    time.sleep(1)

name, data = end
if name == "run.failed":
    sys.exit(json.dumps(data["problem"], indent=2))
print(json.dumps(data["output"], indent=2))
