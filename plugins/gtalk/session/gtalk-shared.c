/* google:shared-status, version 2: one state for all places of a user, kept by
 * the server: available, busy or invisible, a text, and the texts used before.
 * Being away is each place's own, and said in its presence.
 *
 *   gtalk_shared_ask ()     what it is ─►        also: tell us of changes
 *   gtalk_shared_apply ()   what it is to be ─►  then presence, where that
 *                                                says more
 *   query ()                ◄─ another place changed it: it is ours, too
 *
 * A change takes the place of all there was: the texts used before go back with
 * it. Being invisible takes that all places know of it. */

#include "gtalk-shared.h"

#include <string.h>

#include "gtalk-disco.h"
#include "gtalk-hiding.h"
#include "gtalk-parts.h"
#include "gtalk-presence.h"
#include "im-charset.h"

#define NS_STATUS "google:shared-status"

/* Where it does not say, servers keep that many texts in that many lists. */
#define LISTS 3
#define CONTENTS 5

/* The version that knows of being invisible. */
#define INVISIBLE_VERSION 2

/** Texts used with one of the states, the newest first. */
typedef struct
{
  char *show;
  GPtrArray *texts;
} List;

/**
 * State:
 * @text: never %NULL
 * @busy: else available
 */
typedef struct
{
  char *text;
  gboolean busy;
  gboolean invisible;
} State;

/**
 * GtalkShared:
 * @known: the server has answered
 * @state: what it has
 * @sent: (nullable): what it was asked to have, until it answers
 * @again: the user chose something else meanwhile
 * @lists: (element-type List): texts used before
 * @max_text: bytes of a text, or 0
 * @max_lists: how many lists
 * @max_contents: texts in one
 * @version: the lowest one of all places
 */
struct _GtalkShared
{
  gboolean known;
  State state;
  State *sent;
  gboolean again;
  GPtrArray *lists;
  gsize max_text;
  guint max_lists;
  guint max_contents;
  guint version;
};

static void
list_free (gpointer data)
{
  List *list = data;

  g_free (list->show);
  g_ptr_array_unref (list->texts);
  g_free (list);
}

static void
state_free (State *state)
{
  if (state != NULL)
    g_free (state->text);
  g_free (state);
}

static gboolean
state_equal (const State *a, const State *b)
{
  return strcmp (a->text, b->text) == 0 && !a->busy == !b->busy &&
         !a->invisible == !b->invisible;
}

static void
take_state (GtalkShared *shared, const State *from)
{
  g_autofree char *old = shared->state.text;

  shared->state = *from;
  shared->state.text = g_strdup (from->text);
}

/* --- reading ------------------------------------------------------------------ */

static guint
read_number (const XmlNode *node, const char *name, guint otherwise)
{
  const char *digits = xml_node_attribute (node, name);
  guint64 number;

  return digits != NULL && g_ascii_string_to_unsigned (
                               digits, 10, 0, G_MAXUINT, &number, NULL)
             ? (guint) number
             : otherwise;
}

static List *
read_list (const XmlNode *node)
{
  List *list = g_new (List, 1);

  list->show = im_charset_tidy_line (xml_node_attribute (node, "show"));
  list->texts = g_ptr_array_new_with_free_func (g_free);
  for (const XmlNode *text = xml_node_first (node, "status");
       xml_node_exists (text) && list->texts->len < IM_MAX_STATUS_TEXTS;
       text = xml_node_next (text, "status"))
    g_ptr_array_add (list->texts, g_strdup (xml_node_text (text)));
  return list;
}

static void
read_query (GtalkShared *shared, const XmlNode *query)
{
  g_autofree char *text = im_charset_tidy (xml_node_child_text (query,
                                                                "status"));
  State state = {
    .text = text != NULL ? text : (char *) "",
    .busy = strcmp (xml_node_child_text (query, "show"), "dnd") == 0,
    .invisible = g_strcmp0 (xml_node_attribute (
                                xml_node_first (query, "invisible"), "value"),
                            "true") == 0,
  };

  take_state (shared, &state);
  shared->max_text = read_number (query, "status-max", 0);
  shared->max_lists = read_number (query, "status-list-max", LISTS);
  shared->max_contents =
      MIN (read_number (query, "status-list-contents-max", CONTENTS),
           IM_MAX_STATUS_TEXTS);
  shared->version = read_number (query, "status-min-ver", 0);
  g_ptr_array_set_size (shared->lists, 0);
  for (const XmlNode *node = xml_node_first (query, "status-list");
       xml_node_exists (node) && shared->lists->len < IM_MAX_STATUS_LISTS;
       node = xml_node_next (node, "status-list"))
    g_ptr_array_add (shared->lists, read_list (node));
}

/* --- writing ------------------------------------------------------------------ */

static List *
find_list (GtalkShared *shared, const char *show)
{
  List *list;

  for (guint i = 0; i < shared->lists->len; i++)
    if (g_strcmp0 (((List *) shared->lists->pdata[i])->show, show) == 0)
      return shared->lists->pdata[i];
  if (shared->lists->len >= shared->max_lists)
    return NULL;
  list = g_new (List, 1);
  list->show = g_strdup (show);
  list->texts = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (shared->lists, list);
  return list;
}

/* Used again, a text is the newest. */
static void
remember_text (GtalkShared *shared, const State *state)
{
  List *list = *state->text != '\0'
                   ? find_list (shared, state->busy ? "dnd" : "default")
                   : NULL;
  guint index;

  if (list == NULL)
    return;
  if (g_ptr_array_find_with_equal_func (list->texts, state->text, g_str_equal,
                                        &index))
    g_ptr_array_remove_index (list->texts, index);
  g_ptr_array_insert (list->texts, 0, g_strdup (state->text));
  if (list->texts->len > shared->max_contents)
    g_ptr_array_set_size (list->texts, (int) shared->max_contents);
}

GPtrArray *
gtalk_session_status_texts (const GtalkSession *session, gboolean busy)
{
  const GtalkShared *shared = session->shared;
  GPtrArray *texts = g_ptr_array_new ();

  for (guint i = 0; i < shared->lists->len; i++)
    {
      const List *list = shared->lists->pdata[i];

      for (guint j = 0; j < list->texts->len; j++)
        if (g_strcmp0 (list->show, busy ? "dnd" : "default") == 0)
          g_ptr_array_add (texts, list->texts->pdata[j]);
    }
  return texts;
}

static void
write_query (const GtalkShared *shared, const State *state, XmppWriter *w)
{
  xmpp_open (w, "query", NS_STATUS);
  xmpp_attr (w, "version", G_STRINGIFY (INVISIBLE_VERSION));
  xmpp_leaf (w, "status", NULL, state->text);
  xmpp_leaf (w, "show", NULL, state->busy ? "dnd" : "default");
  for (guint i = 0; i < shared->lists->len; i++)
    {
      const List *list = shared->lists->pdata[i];

      xmpp_open (w, "status-list", NULL);
      xmpp_attr (w, "show", list->show);
      for (guint j = 0; j < list->texts->len; j++)
        xmpp_leaf (w, "status", NULL, list->texts->pdata[j]);
      xmpp_close (w);
    }
  xmpp_open (w, "invisible", NULL);
  xmpp_attr (w, "value", state->invisible ? "true" : "false");
  xmpp_close (w);
  xmpp_close (w);
}

/* --- ours ---------------------------------------------------------------------- */

static gboolean
is_away (ImStatus status)
{
  switch (status)
    {
    case IM_STATUS_AWAY:
    case IM_STATUS_NOT_AVAILABLE:
    case IM_STATUS_RIGHT_BACK:
    case IM_STATUS_PHONE:
    case IM_STATUS_LUNCH:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
is_busy (ImStatus status)
{
  return status == IM_STATUS_DND || status == IM_STATUS_OCCUPIED;
}

static char *
cut_text (const GtalkSession *session)
{
  const char *text = session->status_text != NULL
                         ? im_text_plain (session->status_text)
                         : "";
  gsize max = session->shared->max_text;

  if (max == 0 || strlen (text) <= max)
    return g_strdup (text);
  return g_strndup (text, (gsize) (g_utf8_find_prev_char (text,
                                                          text + max + 1) -
                                   text));
}

/* What the user chose, as far as it is shared. Nobody sees the text of who is
 * invisible, and being away has one of its own. */
static State
wanted_state (const GtalkSession *session)
{
  const GtalkShared *shared = session->shared;
  gboolean hide = session->status == IM_STATUS_INVISIBLE;

  return (State){
    .text = hide || is_away (session->status) ? g_strdup (shared->state.text)
                                              : cut_text (session),
    .busy = hide ? shared->state.busy : is_busy (session->status),
    .invisible = hide,
  };
}

static void
done (GtalkSession *session)
{
  gtalk_hiding_set (session, session->shared->state.invisible);
  if (gtalk_presence_is_stale (session))
    gtalk_presence_send (session);
}

/* Being refused to hide means that a place came that does not know of it. */
static void
refused (GtalkSession *session, const State *sent)
{
  if (sent->invisible)
    {
      session->shared->version = 0;
      session->shared->again = TRUE;
      return;
    }
  gtalk_session_notice (session, IM_NOTICE_STATUS_REFUSED, NULL, NULL);
  /* The contacts see it in our presence, at least. */
  gtalk_presence_send (session);
}

static void
on_set (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  GtalkShared *shared = session->shared;
  State *sent = shared->sent;

  if (session->gone || sent == NULL || data != sent)
    return;
  shared->sent = NULL;
  if (stanza != NULL &&
      g_strcmp0 (xml_node_attribute (stanza, "type"), "result") == 0)
    {
      take_state (shared, sent);
      done (session);
    }
  else
    refused (session, sent);
  state_free (sent);
  if (shared->again)
    {
      shared->again = FALSE;
      gtalk_shared_apply (session);
    }
}

static void
send_state (GtalkSession *session, State *state)
{
  GtalkShared *shared = session->shared;
  g_auto (XmppWriter) w = { 0 };

  shared->sent = g_memdup2 (state, sizeof *state);
  state->text = NULL;
  if (!shared->sent->invisible)
    remember_text (shared, shared->sent);
  write_query (shared, shared->sent, &w);
  gtalk_session_ask (session, gtalk_session_bare (session), "set",
                     xmpp_writer_text (&w), on_set, shared->sent, NULL);
}

void
gtalk_shared_apply (GtalkSession *session)
{
  GtalkShared *shared = session->shared;
  State state;

  if (!shared->known)
    {
      gtalk_presence_send (session);
      return;
    }
  if (shared->sent != NULL)
    {
      shared->again = TRUE;
      return;
    }
  if (session->status == IM_STATUS_INVISIBLE &&
      shared->version < INVISIBLE_VERSION)
    gtalk_hiding_give_up (session, TRUE);
  state = wanted_state (session);
  if (state_equal (&state, &shared->state))
    done (session);
  else
    send_state (session, &state);
  g_free (state.text);
}

/* --- the server's ----------------------------------------------------------------- */

static void
adopt (GtalkSession *session, ImStatus status, const char *text)
{
  ImEvent event = { .type = IM_EVENT_OWN_STATUS };

  im_text_free (session->status_text);
  session->status_text = *text != '\0' ? im_text_new_plain (text) : NULL;
  session->status = status;
  event.own_status =
      (ImEventOwnStatus){ .status = status, .text = session->status_text };
  gtalk_session_emit (session, &event);
}

gboolean
gtalk_shared_is_there (const GtalkSession *session)
{
  return gtalk_disco_is_google (session, NS_STATUS);
}

static void
follow_hiding (GtalkSession *session)
{
  const GtalkShared *shared = session->shared;

  if (shared->version >= INVISIBLE_VERSION)
    {
      if (session->status != IM_STATUS_INVISIBLE)
        adopt (session, IM_STATUS_INVISIBLE, shared->state.text);
    }
  else if (session->status == IM_STATUS_INVISIBLE)
    gtalk_hiding_give_up (session, TRUE);
}

/* Another place changed it. Who is away here stays so. */
static void
follow (GtalkSession *session)
{
  const State *state = &session->shared->state;
  g_autofree char *text = NULL;

  gtalk_hiding_set (session, state->invisible);
  if (is_away (session->status))
    return;
  if (state->invisible)
    {
      follow_hiding (session);
      return;
    }
  text = cut_text (session);
  if (session->status != IM_STATUS_INVISIBLE &&
      is_busy (session->status) == state->busy &&
      strcmp (text, state->text) == 0)
    return;
  adopt (session,
         state->busy                              ? IM_STATUS_DND
         : session->status == IM_STATUS_FREE_FOR_CHAT ? IM_STATUS_FREE_FOR_CHAT
                                                  : IM_STATUS_AVAILABLE,
         state->text);
}

/* Who signs on as available and says nothing has not chosen anything, and is
 * what they are elsewhere; who chose something, but has no words for it, has
 * those of elsewhere. */
static void
begin_with (GtalkSession *session)
{
  const char *text = session->shared->state.text;

  if (session->status_text != NULL || is_away (session->status) ||
      session->status == IM_STATUS_INVISIBLE)
    return;
  if (session->status == IM_STATUS_AVAILABLE)
    follow (session);
  else if (*text != '\0')
    adopt (session, session->status, text);
  gtalk_presence_send (session);
}

static void
on_state (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  const XmlNode *query;

  if (session->gone)
    return;
  query = stanza != NULL ? xml_node_first_ns (stanza, NS_STATUS, "query") : NULL;
  if (query != NULL && xml_node_exists (query))
    {
      session->shared->known = TRUE;
      read_query (session->shared, query);
      begin_with (session);
    }
  /* It was offered, and is not there after all. */
  else if (session->status == IM_STATUS_INVISIBLE)
    gtalk_hiding_give_up (session, FALSE);
  gtalk_hiding_apply (session);
}

void
gtalk_shared_ask (GtalkSession *session)
{
  GtalkShared *shared = session->shared;

  shared->known = shared->again = FALSE;
  g_clear_pointer (&shared->sent, state_free);
  gtalk_session_ask (session, gtalk_session_bare (session), "get",
                     "<query xmlns='" NS_STATUS "' version='" G_STRINGIFY (
                         INVISIBLE_VERSION) "'/>",
                     on_state, NULL, NULL);
}

/* Anybody can send a stanza that looks like one. What we have just asked for
 * ourselves comes after it. */
static gboolean
query (GtalkSession *session, const XmlNode *iq)
{
  const XmlNode *query = xml_node_first_ns (iq, NS_STATUS, "query");

  if (!xml_node_exists (query) ||
      g_strcmp0 (xml_node_attribute (iq, "type"), "set") != 0 ||
      !gtalk_session_is_own (session, xml_node_attribute (iq, "from")))
    return FALSE;
  gtalk_session_answer (session, iq, NULL);
  if (!session->shared->known)
    return TRUE;
  read_query (session->shared, query);
  if (session->shared->sent == NULL)
    follow (session);
  return TRUE;
}

static void
init (GtalkSession *session)
{
  session->shared = g_new0 (GtalkShared, 1);
  session->shared->lists = g_ptr_array_new_with_free_func (list_free);
  session->shared->state.text = g_strdup ("");
}

static void
clear (GtalkSession *session)
{
  if (session->shared == NULL)
    return;
  g_ptr_array_unref (session->shared->lists);
  g_free (session->shared->state.text);
  state_free (session->shared->sent);
  g_clear_pointer (&session->shared, g_free);
}

const GtalkPart gtalk_shared_part = {
  .init = init,
  .clear = clear,
  .query = query,
};
