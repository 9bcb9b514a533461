#include "oscar-icons.h"

#include <string.h>

#include "auth-hash.h"
#include "im-picture.h"

#define MD5_SIZE 16

/* Pictures asked for at a time: more would keep our own upload waiting. */
#define MAX_IN_FLIGHT 8

/* A picture that does not come in this time does not come at all. */
#define ANSWER_SECONDS 60

/* Between two tries at the connection, and how many there are. */
#define RETRY_MS 10000
#define MAX_TRIES 3

/* The hash that stands for "no icon". */
static const guint8 no_icon[] = { 0x02, 0x01, 0xd2, 0x04, 0x72 };

/* An icon by name. */
typedef struct
{
  guint8 flags;
  GBytes *hash; /* owned */
} Icon;

/* A picture to be fetched, or on its way. */
typedef struct
{
  char *who; /* owned; who is reported */
  Icon icon;
} Fetch;

struct _OscarIcons
{
  OscarService *service;  /* nullable */
  gboolean none_here;     /* the server has no such service */
  guint tries;
  ImTimer *retry_timer;
  ImTimer *answer_timer;
  GHashTable *known;      /* owned normalized name => owned Icon */
  GQueue wanted;          /* owned Fetch */
  GHashTable *in_flight;  /* guint32 request => owned Fetch */

  GBytes *own;            /* nullable: our picture */
  guint8 own_hash[MD5_SIZE];
  GBytes *missing;        /* nullable: the hash the server asked for */
  gboolean uploading;
};

static void
icon_free (gpointer data)
{
  Icon *icon = data;

  g_bytes_unref (icon->hash);
  g_free (icon);
}

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_free (fetch->who);
  g_bytes_unref (fetch->icon.hash);
  g_free (fetch);
}

void
oscar_icons_init (OscarSession *session)
{
  OscarIcons *icons = g_new0 (OscarIcons, 1);

  icons->known =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, icon_free);
  icons->in_flight = g_hash_table_new_full (NULL, NULL, NULL, fetch_free);
  session->icons = icons;
}

void
oscar_icons_clear (OscarSession *session)
{
  OscarIcons *icons = session->icons;

  g_hash_table_unref (icons->known);
  g_hash_table_unref (icons->in_flight);
  g_queue_clear_full (&icons->wanted, fetch_free);
  g_clear_pointer (&icons->own, g_bytes_unref);
  g_clear_pointer (&icons->missing, g_bytes_unref);
  g_free (icons);
}

static void
drop_timer (OscarSession *session, ImTimer **timer)
{
  session->host->ops->timer_cancel (session->host, g_steal_pointer (timer));
}

static void
give_up (OscarIcons *icons)
{
  g_queue_clear_full (&icons->wanted, fetch_free);
  g_hash_table_remove_all (icons->in_flight);
}

void
oscar_icons_stop (OscarSession *session)
{
  OscarIcons *icons = session->icons;

  drop_timer (session, &icons->retry_timer);
  drop_timer (session, &icons->answer_timer);
  oscar_service_close (g_steal_pointer (&icons->service));
  give_up (icons);
  g_hash_table_remove_all (icons->known);
  g_clear_pointer (&icons->missing, g_bytes_unref);
  icons->uploading = FALSE;
  icons->none_here = FALSE;
  icons->tries = 0;
}

/* --- What is known ------------------------------------------------------ */

static char *
hex_of (GBytes *hash)
{
  gsize len;
  const guint8 *bytes = g_bytes_get_data (hash, &len);
  GString *hex = g_string_sized_new (2 * len);

  for (gsize i = 0; i < len; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}

static void
report (OscarSession *session, const char *who, const char *hash, GBytes *data)
{
  ImEvent event = { .type = IM_EVENT_ICON };

  event.icon.who = who;
  event.icon.hash = hash;
  event.icon.data = data;
  oscar_session_emit (session, &event);
}

/* Whether that is not what we knew. Strangers' icons count too, so there is
 * a limit. */
static gboolean
learn (OscarIcons *icons, const char *who, const OscarBartItem *item)
{
  g_autofree char *name = oscar_name_normalize (who);
  const Icon *old = g_hash_table_lookup (icons->known, name);
  ImReader data = item->data;
  g_autoptr (GBytes) hash = im_reader_rest (&data);
  Icon *icon;

  if (old != NULL && g_bytes_equal (old->hash, hash))
    return FALSE;
  if (old == NULL && g_hash_table_size (icons->known) >= IM_MAX_FEEDBAG_ITEMS)
    return FALSE;
  icon = g_new0 (Icon, 1);
  icon->flags = item->flags;
  icon->hash = g_steal_pointer (&hash);
  g_hash_table_insert (icons->known, g_steal_pointer (&name), icon);
  return TRUE;
}

void
oscar_icons_noticed (OscarSession *session, const OscarUserInfo *info)
{
  OscarIcons *icons = session->icons;
  const char *who = info->name.text;
  OscarBartItem item;
  g_autofree char *name = NULL;
  g_autofree char *hash = NULL;
  const Icon *icon;

  /* Nothing said is nothing known: only some blocks carry the icon. */
  if (!oscar_bart_find (&info->bart, OSCAR_BART_ICON, &item) ||
      im_reader_left (&item.data) == 0 || !learn (icons, who, &item))
    return;
  if (oscar_bart_is_clear (&item))
    {
      report (session, who, NULL, NULL);
      return;
    }
  name = oscar_name_normalize (who);
  icon = g_hash_table_lookup (icons->known, name);
  hash = hex_of (icon->hash);
  report (session, who, hash, NULL);
}

/* --- Fetching ----------------------------------------------------------- */

static void on_answer_timer (gpointer user);

static void
watch_answers (OscarSession *session)
{
  OscarIcons *icons = session->icons;

  drop_timer (session, &icons->answer_timer);
  if (g_hash_table_size (icons->in_flight) > 0)
    icons->answer_timer = session->host->ops->timer_add (
        session->host, ANSWER_SECONDS * 1000, on_answer_timer, session);
}

static gboolean
is_on_its_way (const OscarIcons *icons, GBytes *hash)
{
  GHashTableIter iter;
  gpointer fetch;

  g_hash_table_iter_init (&iter, icons->in_flight);
  while (g_hash_table_iter_next (&iter, NULL, &fetch))
    if (g_bytes_equal (((Fetch *) fetch)->icon.hash, hash))
      return TRUE;
  return FALSE;
}

static guint32
ask (OscarIcons *icons, const Fetch *fetch)
{
  g_auto (ImWriter) body = { 0 };
  OscarBartItem item = { .type = OSCAR_BART_ICON,
                         .flags = fetch->icon.flags };

  im_reader_init_bytes (&item.data, fetch->icon.hash);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_bart_encode_query (&body, fetch->who, &item);
  return oscar_service_send (icons->service, OSCAR_BART_QUERY2, &body,
                             OSCAR_PRIORITY_BACKGROUND);
}

/* Friends may wear the same picture: it is fetched for the first of them, and
 * the others wait in the queue for it. */
static void
ask_more (OscarSession *session)
{
  OscarIcons *icons = session->icons;
  GList *next;

  for (GList *l = icons->wanted.head; l != NULL; l = next)
    {
      Fetch *fetch = l->data;
      guint32 request;

      next = l->next;
      if (g_hash_table_size (icons->in_flight) >= MAX_IN_FLIGHT)
        break;
      if (is_on_its_way (icons, fetch->icon.hash))
        continue;
      request = ask (icons, fetch);
      g_queue_delete_link (&icons->wanted, l);
      if (request != 0)
        g_hash_table_insert (icons->in_flight, GUINT_TO_POINTER (request),
                             fetch);
      else
        fetch_free (fetch);
    }
  watch_answers (session);
}

static void
on_answer_timer (gpointer user)
{
  OscarSession *session = user;

  session->icons->answer_timer = NULL;
  g_hash_table_remove_all (session->icons->in_flight);
  ask_more (session);
}

static gboolean
fits_hash (const ImReader *data, GBytes *hash)
{
  guint8 digest[AUTH_HASH_MAX];
  gsize len;
  const guint8 *wanted = g_bytes_get_data (hash, &len);

  if (len != MD5_SIZE)
    return TRUE; /* not a digest; nothing to compare with */
  return auth_hash_bytes (AUTH_HASH_MD5, data->pos, im_reader_left (data),
                          digest, NULL) &&
         memcmp (digest, wanted, MD5_SIZE) == 0;
}

/* Tells it of @fetch's owner and of whoever waits for the same. */
static void
report_picture (OscarSession *session, const Fetch *fetch, GBytes *data)
{
  OscarIcons *icons = session->icons;
  g_autofree char *hash =
      data != NULL ? hex_of (fetch->icon.hash) : NULL;
  GQueue same = G_QUEUE_INIT;
  GList *next;

  for (GList *l = icons->wanted.head; l != NULL; l = next)
    {
      Fetch *other = l->data;

      next = l->next;
      if (!g_bytes_equal (other->icon.hash, fetch->icon.hash))
        continue;
      g_queue_unlink (&icons->wanted, l);
      g_queue_push_tail_link (&same, l);
    }
  report (session, fetch->who, hash, data);
  for (GList *l = same.head; l != NULL; l = l->next)
    report (session, ((Fetch *) l->data)->who, hash, data);
  g_queue_clear_full (&same, fetch_free);
}

static void
take_picture (OscarSession *session, const Fetch *fetch, const ImReader *data)
{
  ImReader rest = *data;
  g_autoptr (GBytes) picture = NULL;

  /* Nothing is the answer of some servers to what they have not got. */
  if (im_reader_left (data) == 0)
    {
      report_picture (session, fetch, NULL);
      return;
    }
  if (!fits_hash (data, fetch->icon.hash) ||
      !im_picture_is_icon (data->pos, im_reader_left (data)))
    {
      im_host_debug (session->host, "oscar: dropped an icon that is none");
      return;
    }
  picture = im_reader_rest (&rest);
  report_picture (session, fetch, picture);
}

static void
handle_download (OscarSession *session, const OscarSnac *snac)
{
  OscarIcons *icons = session->icons;
  ImReader body = snac->body;
  OscarBartDownload download;
  gpointer fetch;

  if (!g_hash_table_steal_extended (icons->in_flight,
                                    GUINT_TO_POINTER (snac->request_id), NULL,
                                    &fetch))
    return;
  if (snac->subtype == OSCAR_BART_REPLY2
          ? oscar_bart_decode_download2 (&body, &download, NULL)
          : oscar_bart_decode_download (&body, &download, NULL))
    take_picture (session, fetch, &download.data);
  fetch_free (fetch);
  if (icons->service != NULL)
    ask_more (session);
}

/* --- Our own ------------------------------------------------------------ */

/* The server has not got the picture it knows the hash of; if we have, we
 * are the ones to give it. */
static gboolean
must_upload (const OscarIcons *icons)
{
  gsize len;
  const void *hash;

  if (icons->own == NULL || icons->missing == NULL || icons->uploading)
    return FALSE;
  hash = g_bytes_get_data (icons->missing, &len);
  return len == MD5_SIZE && memcmp (hash, icons->own_hash, MD5_SIZE) == 0;
}

static void
upload (OscarIcons *icons)
{
  g_auto (ImWriter) body = { 0 };
  gsize len;
  const void *data = g_bytes_get_data (icons->own, &len);

  /* The one SNAC that may be longer than servers of the AOL era liked. */
  im_writer_init (&body, IM_MAX_FLAP_PAYLOAD);
  oscar_bart_encode_upload (&body, OSCAR_BART_ICON, data, len);
  icons->uploading = oscar_service_send (icons->service, OSCAR_BART_UPLOAD,
                                         &body, OSCAR_PRIORITY_USER) != 0;
}

static void
handle_uploaded (OscarSession *session, const OscarSnac *snac)
{
  OscarIcons *icons = session->icons;
  ImReader body = snac->body;
  OscarBartUploaded uploaded;
  ImEvent event = { .type = IM_EVENT_NOTICE };

  if (!icons->uploading)
    return;
  icons->uploading = FALSE;
  g_clear_pointer (&icons->missing, g_bytes_unref);
  if (!oscar_bart_decode_uploaded (&body, &uploaded, NULL) ||
      uploaded.code == OSCAR_BART_OK)
    return;
  event.notice.kind = IM_NOTICE_ICON_REFUSED;
  event.notice.count = uploaded.code;
  oscar_session_emit (session, &event);
}

/* --- The connection ----------------------------------------------------- */

static void go_on (OscarSession *session);

static void
on_ready (gpointer user, OscarService *service)
{
  OscarSession *session = user;

  session->icons->tries = 0;
  go_on (session);
}

static void
on_snac (gpointer user, OscarService *service, const OscarSnac *snac)
{
  OscarSession *session = user;
  OscarIcons *icons = session->icons;

  if (snac->subtype == OSCAR_BART_REPLY || snac->subtype == OSCAR_BART_REPLY2)
    handle_download (session, snac);
  else if (snac->subtype == OSCAR_BART_UPLOAD_REPLY)
    handle_uploaded (session, snac);
  else if (snac->subtype == OSCAR_SUBTYPE_ERROR)
    {
      g_hash_table_remove (icons->in_flight,
                           GUINT_TO_POINTER (snac->request_id));
      ask_more (session);
    }
}

static void
on_retry (gpointer user)
{
  OscarSession *session = user;

  session->icons->retry_timer = NULL;
  go_on (session);
}

static void
on_closed (gpointer user, OscarService *service, ImProblem problem)
{
  OscarSession *session = user;
  OscarIcons *icons = session->icons;

  oscar_service_close (g_steal_pointer (&icons->service));
  drop_timer (session, &icons->answer_timer);
  g_hash_table_remove_all (icons->in_flight);
  icons->uploading = FALSE;
  if (session->gone || session->bos == NULL)
    return;
  /* Not worth a word: nobody can do anything about it. */
  icons->none_here = problem == IM_PROBLEM_UNAVAILABLE ||
                     problem == IM_PROBLEM_TLS_NOT_OFFERED ||
                     ++icons->tries >= MAX_TRIES;
  if (icons->none_here)
    give_up (icons);
  else
    icons->retry_timer = session->host->ops->timer_add (
        session->host, RETRY_MS, on_retry, session);
}

static const OscarServiceHandlers handlers = {
  .ready = on_ready,
  .snac = on_snac,
  .closed = on_closed,
};

/* Does what waits to be done, over a connection made for it. */
static void
go_on (OscarSession *session)
{
  OscarIcons *icons = session->icons;

  if (icons->none_here || icons->retry_timer != NULL ||
      (icons->wanted.length == 0 && !must_upload (icons)))
    return;
  if (icons->service == NULL)
    icons->service = oscar_service_open (session, OSCAR_FG_BART, NULL,
                                         &handlers, session);
  if (icons->service == NULL || !oscar_service_is_ready (icons->service))
    return;
  if (must_upload (icons))
    upload (icons);
  ask_more (session);
}

void
oscar_icons_status (OscarSession *session, const ImReader *body)
{
  OscarIcons *icons = session->icons;
  ImReader list = *body;
  OscarBartItem item;

  while (oscar_bart_next (&list, &item, NULL))
    {
      ImReader hash = item.data;

      if (item.type != OSCAR_BART_ICON)
        continue;
      g_clear_pointer (&icons->missing, g_bytes_unref);
      if (item.flags & OSCAR_BART_UNKNOWN)
        icons->missing = im_reader_rest (&hash);
    }
  go_on (session);
}

/* --- Commands ----------------------------------------------------------- */

void
oscar_session_fetch_icon (OscarSession *session, const char *who)
{
  OscarIcons *icons = session->icons;
  g_autofree char *name = oscar_name_normalize (who);
  const Icon *icon = g_hash_table_lookup (icons->known, name);
  Fetch *fetch;

  if (icon == NULL || icons->none_here || session->gone ||
      icons->wanted.length >= IM_MAX_FEEDBAG_ITEMS)
    return;
  fetch = g_new0 (Fetch, 1);
  fetch->who = g_strdup (who);
  fetch->icon.flags = icon->flags;
  fetch->icon.hash = g_bytes_ref (icon->hash);
  g_queue_push_tail (&icons->wanted, fetch);
  go_on (session);
}

void
oscar_session_set_icon (OscarSession *session, GBytes *picture)
{
  OscarIcons *icons = session->icons;
  gsize len = 0;
  const void *data = picture != NULL ? g_bytes_get_data (picture, &len) : NULL;
  guint8 hash[AUTH_HASH_MAX];

  if (session->gone || session->state != OSCAR_STATE_ONLINE ||
      (picture != NULL &&
       (len > IM_MAX_OWN_ICON ||
        !auth_hash_bytes (AUTH_HASH_MD5, data, len, hash, NULL))))
    return;
  g_clear_pointer (&icons->own, g_bytes_unref);
  if (picture == NULL)
    {
      oscar_roster_set_icon (session->roster, no_icon, sizeof no_icon, TRUE);
      return;
    }
  icons->own = g_bytes_ref (picture);
  memcpy (icons->own_hash, hash, MD5_SIZE);
  oscar_roster_set_icon (session->roster, icons->own_hash, MD5_SIZE, FALSE);
  /* What the list says may be old news to the server. */
  go_on (session);
}
