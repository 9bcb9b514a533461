/* Who is how: people, and us; our name, telephone numbers, other places. */

#include "msnp-session-private.h"

#include <string.h>

#include "msnp-error.h"

/* What we can do. The highest four bits say how modern a client is; below 4,
 * others do not offer to nudge us. */
#define OUR_CAPS ((4u << 28) | MSNP_CAP_CHUNKS)

/* What one place sends another to have it sign off, and how it is called. */
#define GO_AWAY "goawyplzthxbye"
#define GO_AWAY_TYPE 4
#define GO_AWAY_WORD "4"

/* Calls, in two envelopes. */
#define CALL_TYPE 2
#define WRAPPED_CALL_TYPE 12

/* Words for a status line are one line; official clients took 129. */
#define MAX_MESSAGE 512

/* Bytes of names and telephone numbers, encoded, that servers take. */
#define MAX_NICK 387
#define MAX_PHONE 95

static const struct
{
  const char *key;
  MsnpPhone phone;
} phone_keys[] = {
  { "PHH", MSNP_PHONE_HOME },
  { "PHW", MSNP_PHONE_WORK },
  { "PHM", MSNP_PHONE_MOBILE },
};

struct _MsnpOwn
{
  ImStatus status;
  ImText *message;       /* nullable */
  gboolean idle;
  char *title;           /* nullable, as the next two */
  char *artist;
  char *album;
  char *chosen;          /* (nullable): the name the user chose here */
  char *nick;            /* (nullable): the name the server has */
  char *asked;           /* (nullable): the name a PRP or REA carries */
  char *phones[G_N_ELEMENTS (phone_keys)]; /* nullable */
  GPtrArray *places;     /* owned char *: other places, GUIDs in braces */
  gboolean signed_off;   /* the other places were told to go, once */
};

/* Cuts @text between characters so that it fits a word. */
static char *
dup_fitting (const char *text, gsize max)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  char *kept = g_strndup (valid, max);

  for (;;)
    {
      g_autofree char *encoded = NULL;
      const char *end;

      g_utf8_validate (kept, -1, &end);
      kept[end - kept] = '\0';
      encoded = msnp_param_escape (kept);
      if (strlen (encoded) <= max)
        return kept;
      kept[strlen (kept) - 1] = '\0';
    }
}

/* --- Life --------------------------------------------------------------- */

void
msnp_own_init (MsnpSession *session, const MsnpConfig *config)
{
  MsnpOwn *own = g_new0 (MsnpOwn, 1);

  own->status = config->status;
  own->message =
      config->message != NULL ? im_text_copy (config->message) : NULL;
  if (config->nick != NULL && *config->nick != '\0')
    own->chosen = dup_fitting (config->nick, MAX_NICK);
  own->places = g_ptr_array_new_with_free_func (g_free);
  session->own = own;
}

void
msnp_own_clear (MsnpSession *session)
{
  MsnpOwn *own = g_steal_pointer (&session->own);

  if (own == NULL)
    return;
  g_clear_pointer (&own->message, im_text_free);
  g_free (own->title);
  g_free (own->artist);
  g_free (own->album);
  g_free (own->chosen);
  g_free (own->nick);
  g_free (own->asked);
  for (guint i = 0; i < G_N_ELEMENTS (own->phones); i++)
    g_free (own->phones[i]);
  g_ptr_array_unref (own->places);
  g_free (own);
}

/* --- Words for a state -------------------------------------------------- */

static MsnpStatus
status_to_wire (ImStatus status)
{
  switch (status)
    {
    case IM_STATUS_AWAY:
    case IM_STATUS_NOT_AVAILABLE:
      return MSNP_STATUS_AWAY;
    case IM_STATUS_OCCUPIED:
    case IM_STATUS_DND:
      return MSNP_STATUS_BUSY;
    case IM_STATUS_RIGHT_BACK:
      return MSNP_STATUS_RIGHT_BACK;
    case IM_STATUS_PHONE:
      return MSNP_STATUS_PHONE;
    case IM_STATUS_LUNCH:
      return MSNP_STATUS_LUNCH;
    case IM_STATUS_INVISIBLE:
    case IM_STATUS_OFFLINE:
      return MSNP_STATUS_HIDDEN;
    case IM_STATUS_AVAILABLE:
    case IM_STATUS_FREE_FOR_CHAT:
    case IM_N_STATUSES:
      break;
    }
  return MSNP_STATUS_ONLINE;
}

static ImStatus
status_from_wire (MsnpStatus status)
{
  switch (status)
    {
    case MSNP_STATUS_BUSY:
      return IM_STATUS_OCCUPIED;
    case MSNP_STATUS_RIGHT_BACK:
      return IM_STATUS_RIGHT_BACK;
    case MSNP_STATUS_AWAY:
      return IM_STATUS_AWAY;
    case MSNP_STATUS_PHONE:
      return IM_STATUS_PHONE;
    case MSNP_STATUS_LUNCH:
      return IM_STATUS_LUNCH;
    case MSNP_STATUS_HIDDEN:
    case MSNP_STATUS_OFFLINE:
      return IM_STATUS_OFFLINE;
    case MSNP_STATUS_ONLINE:
    case MSNP_STATUS_IDLE:
      break;
    }
  return IM_STATUS_AVAILABLE;
}

/* Idle is a state of its own, which only those who are there can be in. */
static MsnpStatus
own_status (const MsnpOwn *own)
{
  MsnpStatus status = status_to_wire (own->status);

  return status == MSNP_STATUS_ONLINE && own->idle ? MSNP_STATUS_IDLE : status;
}

gboolean
msnp_own_is_hidden (const MsnpSession *session)
{
  return own_status (session->own) == MSNP_STATUS_HIDDEN;
}

/* --- What others see of us ---------------------------------------------- */

static gboolean
on_status (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;

  if (command == NULL)
    return FALSE;
  /* Those who are online already bear the number of our CHG. */
  if (msnp_command_is (command, "ILN"))
    {
      msnp_presence_handle (session, command);
      return TRUE;
    }
  if (command->error_code != 0)
    im_host_debug (session->host, "msnp: our state was refused: %u",
                   command->error_code);
  msnp_signon_announced (session, command->error_code);
  return TRUE;
}

static void
send_status (MsnpSession *session)
{
  guint32 id = msnp_conn_next_id (session->ns);

  msnp_presence_encode (msnp_conn_writer (session->ns), id, session->version,
                        own_status (session->own), OUR_CAPS, 0, NULL);
  msnp_conn_expect (session->ns, id, on_status, NULL, NULL);
}

static void
send_extra (MsnpSession *session, const char *payload)
{
  ImWriter *writer = msnp_conn_writer (session->ns);

  msnp_open (writer, "UUX", msnp_conn_next_id (session->ns));
  msnp_close_payload (writer, payload, strlen (payload));
}

static char *
message_line (const MsnpOwn *own)
{
  g_autoptr (ImText) text = NULL;
  char *line;

  if (own->message == NULL)
    return NULL;
  text = im_text_copy (own->message);
  im_text_truncate (text, MAX_MESSAGE);
  line = g_strdup (im_text_plain (text));
  return g_strdelimit (line, "\n\t", ' ');
}

static void
send_message (MsnpSession *session)
{
  const MsnpOwn *own = session->own;
  g_autofree char *message = message_line (own);
  g_autofree char *media = NULL;
  g_autofree char *payload = NULL;

  if (session->version < 11)
    return;
  if (own->title != NULL)
    media = msnp_media_encode (own->title, own->artist ? own->artist : "",
                               own->album ? own->album : "");
  payload = msnp_extra_encode (
      message, media, session->version >= 13 ? session->settings.machine : NULL);
  send_extra (session, payload);
}

static void
send_place (MsnpSession *session)
{
  MsnpStatus status = own_status (session->own);
  g_autofree char *payload = NULL;

  if (session->version < 16)
    return;
  payload = msnp_extra_encode_private (session->settings.place_name,
                                       status == MSNP_STATUS_IDLE, status);
  send_extra (session, payload);
}

static void
send_abilities (MsnpSession *session)
{
  g_autofree char *payload = NULL;

  if (session->version < 16)
    return;
  payload = msnp_extra_encode_endpoint (OUR_CAPS, 0);
  send_extra (session, payload);
}

void
msnp_session_set_status (MsnpSession *session, ImStatus status,
                         const ImText *message)
{
  MsnpOwn *own = session->own;

  own->status = status;
  g_clear_pointer (&own->message, im_text_free);
  own->message = message != NULL ? im_text_copy (message) : NULL;
  if (!msnp_session_is_online (session))
    return;
  msnp_conn_cork (session->ns);
  send_place (session);
  send_message (session);
  send_status (session);
  msnp_conn_uncork (session->ns);
}

void
msnp_session_set_idle (MsnpSession *session, guint seconds)
{
  MsnpOwn *own = session->own;
  MsnpStatus before = own_status (own);

  own->idle = seconds > 0;
  if (!msnp_session_is_online (session) || own_status (own) == before)
    return;
  msnp_conn_cork (session->ns);
  send_place (session);
  send_status (session);
  msnp_conn_uncork (session->ns);
}

static void
replace (char **slot, const char *text)
{
  char *copy = text != NULL && *text != '\0' ? g_strdup (text) : NULL;

  g_free (*slot);
  *slot = copy;
}

void
msnp_session_set_media (MsnpSession *session, const char *title,
                        const char *artist, const char *album)
{
  MsnpOwn *own = session->own;

  if (g_strcmp0 (own->title, title) == 0 &&
      g_strcmp0 (own->artist, artist) == 0 &&
      g_strcmp0 (own->album, album) == 0)
    return;
  replace (&own->title, title);
  replace (&own->artist, artist);
  replace (&own->album, album);
  if (!msnp_session_is_online (session))
    return;
  send_message (session);
  msnp_conn_flush (session->ns);
}

/* --- Our name ----------------------------------------------------------- */

const char *
msnp_own_nick (const MsnpSession *session)
{
  const MsnpOwn *own = session->own;

  return own->chosen != NULL ? own->chosen
         : own->nick != NULL ? own->nick
                             : session->settings.address;
}

static void
report_self (MsnpSession *session)
{
  ImEvent event = { .type = IM_EVENT_SELF };

  event.self.name = msnp_own_nick (session);
  msnp_session_emit (session, &event);
}

void
msnp_own_learn_nick (MsnpSession *session, const char *nick)
{
  MsnpOwn *own = session->own;

  if (nick == NULL || *nick == '\0' || g_strcmp0 (own->nick, nick) == 0)
    return;
  replace (&own->nick, nick);
  if (session->state == MSNP_STATE_ONLINE)
    report_self (session);
}

static void
report_nick (MsnpSession *session, ImAccountOutcome outcome, guint code,
             const char *nick)
{
  ImEvent event = { .type = IM_EVENT_ACCOUNT };

  event.account.matter = IM_ACCOUNT_NAME;
  event.account.outcome = outcome;
  event.account.code = code;
  event.account.text = nick;
  msnp_session_emit (session, &event);
}

static ImAccountOutcome
name_outcome (guint code)
{
  return code == 0 ? IM_ACCOUNT_DONE : msnp_error_find (code)->account;
}

/* @data is the name it is about. */
static gboolean
on_nick (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;
  const char *nick = data;

  if (command == NULL)
    return FALSE;
  if (command->error_code == 0)
    {
      replace (&session->own->nick, nick);
      if (session->version >= 13)
        msnp_contacts_publish_nick (session, nick);
      report_self (session);
    }
  else if (g_strcmp0 (session->own->chosen, nick) == 0)
    replace (&session->own->chosen, NULL);
  report_nick (session, name_outcome (command->error_code),
               command->error_code, nick);
  return FALSE;
}

/* Returns the transaction. */
static guint32
write_nick (MsnpSession *session, const char *nick)
{
  guint32 id = msnp_conn_next_id (session->ns);
  ImWriter *writer = msnp_conn_writer (session->ns);

  if (session->version < 10)
    {
      msnp_open (writer, "REA", id);
      msnp_add (writer, session->settings.spelling);
    }
  else
    {
      msnp_open (writer, "PRP", id);
      msnp_add (writer, "MFN");
    }
  msnp_add_text (writer, nick);
  msnp_close (writer);
  return id;
}

static void
send_nick (MsnpSession *session, const char *nick)
{
  guint32 id = write_nick (session, nick);

  msnp_conn_expect (session->ns, id, on_nick, g_strdup (nick), g_free);
  msnp_conn_flush (session->ns);
}

void
msnp_session_set_nick (MsnpSession *session, const char *nick)
{
  g_autofree char *clean =
      g_strstrip (dup_fitting (nick != NULL ? nick : "", MAX_NICK));

  if (*clean == '\0')
    return;
  replace (&session->own->chosen, clean);
  if (msnp_session_is_online (session))
    send_nick (session, clean);
}

/* From version 13 on a session has no name until it says one, and others are
 * told it together with our state. */
static gboolean
on_first_nick (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;
  const char *nick = data;

  if (command == NULL || command->error_code != 0 ||
      g_strcmp0 (session->own->nick, nick) == 0)
    return FALSE;
  replace (&session->own->nick, nick);
  msnp_contacts_publish_nick (session, nick);
  return FALSE;
}

static void
send_first_nick (MsnpSession *session)
{
  const MsnpOwn *own = session->own;
  const char *nick = own->chosen != NULL ? own->chosen : own->nick;
  guint32 id;

  if (session->version < 13 || nick == NULL)
    return;
  id = write_nick (session, nick);
  msnp_conn_expect (session->ns, id, on_first_nick, g_strdup (nick), g_free);
}

void
msnp_own_announce (MsnpSession *session)
{
  msnp_conn_cork (session->ns);
  send_first_nick (session);
  send_abilities (session);
  send_place (session);
  send_message (session);
  send_status (session);
  msnp_conn_uncork (session->ns);
}

void
msnp_own_online (MsnpSession *session)
{
  MsnpOwn *own = session->own;

  if (session->version < 13 && own->chosen != NULL &&
      g_strcmp0 (own->chosen, own->nick) != 0)
    send_nick (session, own->chosen);
  report_self (session);
  if (!session->gone && session->settings.places == MSNP_PLACES_SIGN_OFF)
    msnp_session_sign_off_places (session);
}

/* --- Telephone numbers -------------------------------------------------- */

gboolean
msnp_session_has_phones (const MsnpSession *session)
{
  return session->version >= 5 && session->version <= 12;
}

const char *
msnp_session_phone (const MsnpSession *session, MsnpPhone phone)
{
  return (guint) phone < G_N_ELEMENTS (phone_keys)
             ? session->own->phones[phone]
             : NULL;
}

void
msnp_own_learn_phone (MsnpSession *session, const char *key,
                      const char *number)
{
  for (guint i = 0; i < G_N_ELEMENTS (phone_keys); i++)
    if (strcmp (phone_keys[i].key, key) == 0)
      replace (&session->own->phones[phone_keys[i].phone], number);
}

void
msnp_session_set_phone (MsnpSession *session, MsnpPhone phone,
                        const char *number)
{
  g_autofree char *fitting =
      dup_fitting (number != NULL ? number : "", MAX_PHONE);
  ImWriter *writer;

  if (!msnp_session_is_online (session) ||
      !msnp_session_has_phones (session) ||
      (guint) phone >= G_N_ELEMENTS (phone_keys))
    return;
  writer = msnp_conn_writer (session->ns);
  msnp_own_learn_phone (session, phone_keys[phone].key, fitting);
  msnp_open (writer, "PRP", msnp_conn_next_id (session->ns));
  msnp_add (writer, phone_keys[phone].key);
  msnp_add_text (writer, fitting);
  msnp_close (writer);
  msnp_conn_flush (session->ns);
}

/* --- Other places ------------------------------------------------------- */

static gboolean
is_us (const MsnpSession *session, const char *address)
{
  return strcmp (session->settings.address, address) == 0;
}

guint
msnp_session_n_places (const MsnpSession *session)
{
  return session->own->places->len;
}

void
msnp_session_sign_off_places (MsnpSession *session)
{
  const GPtrArray *places = session->own->places;
  ImWriter *writer;

  if (!msnp_session_is_online (session) || places->len == 0)
    return;
  writer = msnp_conn_writer (session->ns);
  for (guint i = 0; i < places->len; i++)
    {
      g_autofree char *who =
          g_strdup_printf ("%s;%s", session->settings.spelling,
                           (const char *) places->pdata[i]);

      msnp_open (writer, "UUN", msnp_conn_next_id (session->ns));
      msnp_add (writer, who);
      msnp_add (writer, GO_AWAY_WORD);
      msnp_close_payload (writer, GO_AWAY, strlen (GO_AWAY));
    }
  msnp_conn_flush (session->ns);
}

static void
learn_places (MsnpSession *session, const MsnpExtra *extra)
{
  MsnpOwn *own = session->own;
  const char *here = session->settings.machine;
  guint before = own->places->len;

  g_ptr_array_set_size (own->places, 0);
  for (guint i = 0; extra->endpoints != NULL && i < extra->endpoints->len; i++)
    {
      const MsnpEndpoint *place =
          &g_array_index (extra->endpoints, MsnpEndpoint, i);

      if (here == NULL || g_ascii_strcasecmp (place->id, here) != 0)
        g_ptr_array_add (own->places, g_strdup (place->id));
    }
  /* Those that come later were let in by somebody who knows of us. */
  if (own->places->len > before && !own->signed_off &&
      session->settings.places == MSNP_PLACES_SIGN_OFF)
    {
      own->signed_off = msnp_session_is_online (session);
      msnp_session_sign_off_places (session);
    }
}

/* We never say that we could talk, and what says no in telephony nobody here
 * speaks: the call ends unanswered, and the user can say why. */
static void
decline_call (MsnpSession *session, const char *who)
{
  const MsnpPerson *person = msnp_people_find (session->people, who);

  if (person != NULL && (person->lists & MSNP_LIST_FORWARD))
    msnp_session_notice (session, IM_NOTICE_DECLINED, who, NULL);
}

void
msnp_own_handle_notice (MsnpSession *session, const MsnpCommand *command)
{
  g_auto (MsnpHandle) from = { 0 };
  ImReader payload = command->payload;
  gsize len = im_reader_left (&payload);
  const guint8 *data;
  guint64 type;

  if (!msnp_handle_decode (msnp_command_param (command, 0), &from, NULL) ||
      !im_word_number (msnp_command_param (command, 1), G_MAXUINT32, &type,
                       NULL))
    return;
  if (type == CALL_TYPE || type == WRAPPED_CALL_TYPE)
    decline_call (session, from.address);
  if (type != GO_AWAY_TYPE || !is_us (session, from.address))
    return;
  if (len == strlen (GO_AWAY) && im_reader_raw (&payload, len, &data, NULL) &&
      memcmp (data, GO_AWAY, len) == 0)
    msnp_session_fail_simple (session, IM_PROBLEM_SIGNED_ON_ELSEWHERE, 0,
                              NULL);
}

/* --- How others are ----------------------------------------------------- */

static ImPeerFlags
peer_flags (const MsnpPerson *person)
{
  ImPeerFlags flags = 0;

  if (person->caps & MSNP_CAP_MOBILE)
    flags |= IM_PEER_MOBILE;
  if (person->caps & MSNP_CAP_BOT)
    flags |= IM_PEER_BOT;
  return flags;
}

static void
report_presence (MsnpSession *session, const MsnpPerson *person)
{
  g_autoptr (ImText) message = NULL;
  ImEvent event = { .type = IM_EVENT_PRESENCE };

  if (person->message != NULL && *person->message != '\0')
    message = im_text_new_plain (person->message);
  event.presence.who = person->address;
  event.presence.status = status_from_wire (person->status);
  event.presence.message = message;
  event.presence.nick = person->nick;
  event.presence.media = person->media;
  event.presence.flags = peer_flags (person);
  if (person->status == MSNP_STATUS_IDLE)
    event.presence.idle_since = session->host->ops->wall_s (session->host);
  msnp_session_emit (session, &event);
}

static void
take_presence (MsnpPerson *person, const MsnpPresence *presence)
{
  person->status = presence->status;
  if (presence->status == MSNP_STATUS_OFFLINE)
    {
      g_clear_pointer (&person->message, g_free);
      g_clear_pointer (&person->media, g_free);
    }
  if (presence->nick != NULL)
    replace (&person->nick, presence->nick);
  if (presence->has_caps)
    {
      person->caps = presence->caps;
      person->extended = presence->extended;
    }
}

void
msnp_presence_handle (MsnpSession *session, const MsnpCommand *command)
{
  g_auto (MsnpPresence) presence = { 0 };
  g_autoptr (GError) error = NULL;
  MsnpPerson *person;
  gboolean was_online;

  if (!msnp_presence_decode (command, session->version, &presence, &error))
    {
      im_host_debug (session->host, "msnp: dropped a presence: %s",
                     error->message);
      return;
    }
  /* Our own, from another place, is theirs to know. */
  if (is_us (session, presence.handle.address))
    return;
  person = msnp_people_find (session->people, presence.handle.address);
  if (person == NULL)
    return;
  was_online = person->status != MSNP_STATUS_OFFLINE;
  take_presence (person, &presence);
  report_presence (session, person);
  if (!session->gone &&
      was_online != (presence.status != MSNP_STATUS_OFFLINE))
    msnp_talks_presence (session, presence.handle.address, !was_online);
}

void
msnp_presence_handle_extra (MsnpSession *session, const MsnpCommand *command)
{
  g_auto (MsnpHandle) handle = { 0 };
  g_auto (MsnpExtra) extra = { 0 };
  MsnpPerson *person;

  if (!msnp_handle_decode (msnp_command_param (command, 0), &handle, NULL))
    return;
  msnp_extra_decode (&command->payload, &extra);
  if (is_us (session, handle.address))
    {
      learn_places (session, &extra);
      return;
    }
  person = msnp_people_find (session->people, handle.address);
  if (person == NULL)
    return;
  replace (&person->message, extra.message);
  replace (&person->media, extra.media);
  if (person->status != MSNP_STATUS_OFFLINE)
    report_presence (session, person);
}
