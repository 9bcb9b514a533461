"""Whose instructions are they? Answers that from a callgrind.out file.

Callgrind records for every function what it spent itself, and for every
caller and callee how much was spent in those calls altogether. From that:

    ours = what our objects' functions spent themselves
         + what their calls into other libraries took (GLib, libc, ...)
         - what of those calls came back to functions of ours
         - their calls into libpurple, with all that is below: its lists, its
           signals and the user interface

Coming back means GLib calling a comparison, a hash or a free function of ours
from inside a call of ours, or libxml2 saying what it has read; what is ours of that is counted where it happens.
GLib also calls us from the main loop: that is not inside a call of ours, so
nothing is taken off. Which of the two a function of GLib does is found by
walking down from the main loop, through functions without a name (the static
ones of a stripped library) and those that LOOP_CALLERS knows.

So the figure is the inclusive cost of our entry points less that of our calls
into libpurple, exact but for functions GLib calls both ways (a GTask that
returns at once). What the main loop, GIO's socket sources and the user
interface cost around it is not ours, and shown beside it as the whole process.
"""

import collections
import re

# Of libpurple and of those who are only called by it.
LIBPURPLE = re.compile(r"/(libpurple\.so|headless$|headless \()")

# Where the main loop begins, and what it calls that calls out in turn.
MAIN_LOOP = re.compile(r"^g_main_(loop_run|context_(iteration|dispatch))$")
LOOP_CALLERS = re.compile(
    r"^(0x[0-9a-f]+|g_main_\w*dispatch|g_\w+_dispatch|\w+_source_dispatch|"
    r"g_task_return\w*|g_task_\w*cb|\w*complete_in_idle\w*|"
    r"g_closure_invoke|g_cclosure_\w+|g_signal_emit\w*|async_ready_\w+)"
    r"('\d+)?$")
GLIB = re.compile(r"/lib(glib|gio|gobject|gmodule)-2\.0\.so")
XML = re.compile(r"/libxml2\.so")

Arc = collections.namedtuple("Arc", "caller caller_object callee "
                                    "callee_object calls cost")


class Profile:
    """What one callgrind.out file says."""

    def __init__(self, path):
        self.names = {}
        self.own = collections.Counter()      # (object, function): cost
        self.arcs = []
        with open(path, errors="replace") as lines:
            self._read(iter(lines))
        self.loop = self._loop_functions()

    def _loop_functions(self):
        """Functions of GLib that call out from the main loop."""
        callees = collections.defaultdict(set)
        for arc in self.arcs:
            callees[arc.caller_object, arc.caller].add(
                (arc.callee_object, arc.callee))
        found = {function for function in callees
                 if MAIN_LOOP.match(function[1])}
        fresh = set(found)
        while fresh:
            fresh = {callee for caller in fresh for callee in callees[caller]
                     if GLIB.search(callee[0] or "")
                     and LOOP_CALLERS.match(callee[1])} - found
            found |= fresh
        return found

    def _name(self, kind, text):
        """Expands "(id) name", which says the name only once."""
        match = re.match(r"\((\d+)\)(?: (.*))?", text)
        if not match:
            return text
        key = (kind, match[1])
        if match[2] is not None:
            self.names[key] = match[2]
        return self.names[key]

    def _read(self, lines):
        obj = function = callee_object = callee = None
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("ob="):
                obj = self._name("ob", line[3:])
            elif line.startswith("fn="):
                function = self._name("fn", line[3:])
            elif line.startswith("cob="):
                callee_object = self._name("ob", line[4:])
            elif line.startswith("cfn="):
                callee = self._name("fn", line[4:])
            elif line.startswith("calls="):
                cost = int(next(lines).split()[1])
                self.arcs.append(Arc(function, obj, callee,
                                     callee_object or obj,
                                     int(line[6:].split()[0]), cost))
                callee_object = None
            elif line[:1].isdigit() or line[:1] in "+-*":
                words = line.split()
                if len(words) > 1:
                    self.own[obj, function] += int(words[1])

    def total(self):
        return sum(self.own.values())

    def ours(self, objects):
        """Instructions that are those of @objects, a compiled pattern."""
        return sum(self.by_function(objects).values())

    def by_function(self, objects):
        """The same by function: its own, and what it calls that is neither
        ours nor libpurple's."""
        costs = collections.Counter()
        for (obj, function), cost in self.own.items():
            if objects.search(obj or ""):
                costs[function] += cost
        for arc in self.arcs:
            costs.update(self._arc_cost(arc, objects))
        return costs

    def _arc_cost(self, arc, objects):
        from_us = objects.search(arc.caller_object or "")
        to_us = objects.search(arc.callee_object or "")
        if from_us and not to_us and not LIBPURPLE.search(arc.callee_object):
            return {arc.caller: arc.cost}
        if (to_us and not from_us
                and not LIBPURPLE.search(arc.caller_object or "")
                and (arc.caller_object, arc.caller) not in self.loop
                and (GLIB.search(arc.caller_object or "")
                     or XML.search(arc.caller_object or ""))):
            return {arc.callee: -arc.cost}
        return {}

    def foreign(self, objects):
        """What our calls into other libraries took, by callee."""
        costs = collections.Counter()
        for arc in self.arcs:
            if (objects.search(arc.caller_object or "")
                    and not objects.search(arc.callee_object or "")):
                mark = ("libpurple: " if LIBPURPLE.search(arc.callee_object)
                        else "")
                costs[mark + arc.callee] += arc.cost
        return costs
