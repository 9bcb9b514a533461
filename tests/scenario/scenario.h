#pragma once

/* What the players of scenarios of text protocols have in common: files, the
 * three ways of playing them, links, requests, time, and what is expected.
 * tests/README.md describes the language. */

#include "test-host.h"

#define SCENARIO_MAX_LINKS 16

typedef struct _Scenario Scenario;

/**
 * ScenarioFuncs:
 * @name: of the protocol, for the names of the tests
 * @verb: a line whose first word is the protocol's own: whether it was known
 * @reset: forgets the session and what was said on links
 */
typedef struct
{
  const char *name;
  gboolean (*verb) (Scenario *play, const char *verb, const char *rest);
  void (*reset) (Scenario *play);
} ScenarioFuncs;

struct _Scenario
{
  const char *path;
  guint line_number;
  gboolean bytewise;
  TestHost *test;
  const ScenarioFuncs *funcs;
  GString *sent[SCENARIO_MAX_LINKS]; /* what was not looked at yet */
  GHashTable *kept; /* name => GBytes, of the sign-on before */
};

/** Ends the test, saying where. */
void scenario_fail (const Scenario *play, const char *format, ...)
    G_GNUC_PRINTF (2, 3) G_GNUC_NORETURN;

/** Returns: the number of a link there is */
guint scenario_link (const Scenario *play, const char *word);

/** Returns: the number of a request there is */
guint scenario_request (const Scenario *play, const char *word);

/** Feeds bytes to a link, whole or one at a time. */
void scenario_feed (Scenario *play, guint link, const char *data, gsize len);

/** Returns: what the client sent on a link and nobody has taken from it */
GString *scenario_sent (Scenario *play, guint link);

/** Returns: (transfer none) (nullable): what the sign-on before kept as
 * @name */
GBytes *scenario_kept (const Scenario *play, const char *name);

/** Answers a request. @headers as in #ImHttpResponse. */
void scenario_answer (Scenario *play, guint request, guint status,
                      const char *const *headers, const char *body);

/** Plays every *.scn of the directory that is the only argument. */
int scenario_main (int argc, char **argv, const ScenarioFuncs *funcs);
