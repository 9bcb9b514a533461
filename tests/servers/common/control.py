"""The tests' way in: one JSON object per line, one answer per line.

A request names what it wants in `do` and is answered by an object that has
`ok` and repeats the `id`, if any. To wait is to ask a question until its
answer fits:

    {"do": "wait", "query": {"do": "user", "name": "demo"},
     "until": {"online": true}, "deadline": 5}

`until` fits if each of its members does: a plain value must be equal; an
object inside reaches deeper, or is one of {"min": n}, {"max": n},
{"contains": x}, {"lacks": x}, {"count": n}, {"any": {...}}, {"none": {...}}.
"""

import asyncio
import inspect
import json

# Members of requests that have another name in Python.
RENAMED = {"from": "sender", "hex": "data", "type": "kind"}

OPERATORS = {
    "min": lambda value, want: value is not None and value >= want,
    "max": lambda value, want: value is not None and value <= want,
    "contains": lambda value, want: value is not None and want in value,
    "lacks": lambda value, want: value is None or want not in value,
    "count": lambda value, want: len(value or ()) == want,
    "any": lambda value, want: any(fits(one, want) for one in value or ()),
    "none": lambda value, want: not any(fits(one, want)
                                        for one in value or ()),
}


def fits(value, want):
    """Whether an answer is as `until` wants it."""
    if not isinstance(want, dict):
        return value == want
    for key, inner in want.items():
        if key in OPERATORS and not (isinstance(value, dict)
                                     and key in value):
            if not OPERATORS[key](value, inner):
                return False
        elif not isinstance(value, dict) or not fits(value.get(key), inner):
            return False
    return True


def _arguments(request):
    return {RENAMED.get(key, key): value for key, value in request.items()
            if key not in ("do", "id")}


class Control:
    """Serves the control port; @actions are functions by name."""

    def __init__(self, server, actions):
        self.server = server
        self.actions = actions
        self.port = 0

    async def start(self, port=0):
        listener = await asyncio.start_server(self._talk, "127.0.0.1", port,
                                              limit=64 * 1024 * 1024)
        self.port = listener.sockets[0].getsockname()[1]

    async def _talk(self, reader, writer):
        tasks = set()
        try:
            while line := await reader.readline():
                # Waiting must not hold up what brings it about.
                task = asyncio.create_task(self._answer(line, writer))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        except (ConnectionError, OSError, asyncio.CancelledError):
            pass
        for task in tasks:
            task.cancel()
        writer.close()

    async def _answer(self, line, writer):
        request = {}
        try:
            request = json.loads(line)
            answer = await self._do(request)
        except Exception as error:  # pylint: disable=broad-except
            answer = {"ok": False, "error": "%s: %s" % (
                type(error).__name__, error)}
        answer.setdefault("ok", True)
        if isinstance(request, dict) and "id" in request:
            answer["id"] = request["id"]
        writer.write(json.dumps(answer).encode() + b"\n")

    async def _do(self, request):
        if request.get("do") == "wait":
            return await self._wait(request)
        answer = self.actions[request["do"]](self.server,
                                             **_arguments(request))
        if inspect.isawaitable(answer):
            answer = await answer
        return dict(answer or {})

    async def _wait(self, request):
        query, until = request["query"], request["until"]
        arguments = _arguments(query)
        ask = self.actions[query["do"]]

        def test():
            return fits(ask(self.server, **arguments), until)

        happened = await self.server.wait_for(test,
                                              request.get("deadline", 5))
        answer = dict(ask(self.server, **arguments))
        answer["ok"] = happened
        if not happened:
            answer["error"] = "still not %s" % json.dumps(until)
        return answer
