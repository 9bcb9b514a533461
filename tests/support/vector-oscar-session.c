/* OSERVICE, LOCATE, BUDDY and PD in words. */

#include "vector-oscar.h"

#include "oscar-buddy.h"
#include "oscar-locate.h"
#include "oscar-oservice-rate.h"
#include "oscar-oservice.h"
#include "oscar-pd.h"

static void
show_number (Show *show, const OscarUserInfo *user, OscarUserHas which,
             const char *name, guint32 value)
{
  if ((user->has & which) != 0)
    show_line (show, "%s %u", name, value);
}

static void
show_bart_item (Show *show, const OscarBartItem *item)
{
  g_autofree char *text = NULL;

  if (item->type == OSCAR_BART_STATUS_TEXT)
    text = oscar_bart_dup_text (item);
  show_line (show, "bart type %u flags %02x%s", item->type, item->flags,
             oscar_bart_is_clear (item) ? " clear" : "");
  show->indent++;
  if (item->type == OSCAR_BART_STATUS_TEXT)
    show_text (show, "text", text);
  else
    show_hex (show, "hash", &item->data);
  show->indent--;
}

static void
show_caps (Show *show, ImReader caps)
{
  ImReader cap;

  while (im_reader_sub (&caps, 16, &cap, NULL))
    show_hex (show, "cap", &cap);
}

void
show_user (Show *show, const OscarUserInfo *user)
{
  ImReader bart = user->bart;
  OscarBartItem item;

  show_text (show, "user", user->name.text);
  show->indent++;
  if (user->warning != 0)
    show_line (show, "warning %u", user->warning);
  if ((user->has & OSCAR_USER_CLASS) != 0)
    show_line (show, "class %04x", user->user_class);
  if ((user->has & OSCAR_USER_STATUS) != 0)
    show_line (show, "status %08x", user->status);
  show_number (show, user, OSCAR_USER_CREATED, "created", user->created);
  show_number (show, user, OSCAR_USER_ONLINE_SINCE, "online since",
               user->online_since);
  show_number (show, user, OSCAR_USER_IDLE, "idle minutes", user->idle_minutes);
  show_number (show, user, OSCAR_USER_MEMBER_SINCE, "member since",
               user->member_since);
  show_number (show, user, OSCAR_USER_SESSION_LENGTH, "session length",
               user->session_length);
  if ((user->has & OSCAR_USER_IP) != 0)
    show_line (show, "ip %08x", user->ip);
  show_number (show, user, OSCAR_USER_PROFILE_SET, "profile set",
               user->profile_set);
  show_number (show, user, OSCAR_USER_AWAY_SET, "away set", user->away_set);
  show_number (show, user, OSCAR_USER_AWAY_SINCE, "away since",
               user->away_since);
  show_number (show, user, OSCAR_USER_INSTANCE, "instance", user->instance);
  if (user->primary)
    show_line (show, "primary instance");
  if (user->dc.pos != NULL)
    show_hex (show, "direct connection", &user->dc);
  show_caps (show, user->caps);
  if (user->short_caps.pos != NULL)
    show_hex (show, "short caps", &user->short_caps);
  while (oscar_bart_next (&bart, &item, NULL))
    show_bart_item (show, &item);
  show->indent--;
}

gboolean
show_names (ImReader *body, Show *show, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GError *failed = NULL;
  OscarName name;

  while (oscar_text_next_name (body, &name, &failed))
    {
      show_text (show, "name", name.text);
      g_ptr_array_add (names, g_strdup (name.text));
    }
  g_ptr_array_add (names, NULL);
  oscar_text_write_names (&show->again, (const char *const *)names->pdata);
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

static gboolean
show_users (ImReader *body, Show *show, GError **error)
{
  GError *failed = NULL;
  OscarUserInfo user;

  while (oscar_userinfo_next (body, &user, &failed))
    {
      show_user (show, &user);
      oscar_userinfo_encode (&show->again, &user);
    }
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

static gboolean
show_foodgroups (ImReader *body, Show *show, GError **error)
{
  g_autoptr (GString) line = g_string_new ("foodgroups");
  OscarFoodgroups self;

  if (!oscar_oservice_decode_foodgroups (body, &self, error))
    return FALSE;
  for (guint i = 0; i < self.n; i++)
    g_string_append_printf (line, " %02x", self.ids[i]);
  show_line (show, "%s", line->str);
  oscar_oservice_encode_foodgroups (&show->again, &self);
  return TRUE;
}

static gboolean
show_client_online (ImReader *body, Show *show, GError **error)
{
  OscarFoodgroupVersions self;

  if (!oscar_oservice_decode_client_online (body, &self, error))
    return FALSE;
  for (guint i = 0; i < self.n; i++)
    show_line (show, "%02x version %u tool %04x version %04x",
               self.list[i].foodgroup, self.list[i].version, self.list[i].tool,
               self.list[i].tool_version);
  oscar_oservice_encode_client_online (&show->again, &self);
  return TRUE;
}

static gboolean
show_versions (ImReader *body, Show *show, GError **error)
{
  g_autoptr (GString) line = g_string_new ("versions");
  OscarFoodgroupVersions self;

  if (!oscar_oservice_decode_versions (body, &self, error))
    return FALSE;
  for (guint i = 0; i < self.n; i++)
    g_string_append_printf (line, " %02x:%u", self.list[i].foodgroup,
                            self.list[i].version);
  show_line (show, "%s", line->str);
  oscar_oservice_encode_versions (&show->again, &self);
  return TRUE;
}

static gboolean
show_service_request (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarServiceRequest) self = { 0 };

  if (!oscar_oservice_decode_service_request (body, &self, error))
    return FALSE;
  show_line (show, "foodgroup %02x%s", self.foodgroup,
             self.tls ? " over TLS" : "");
  if (self.room.cookie != NULL)
    {
      show_raw_text (show, "room", self.room.cookie);
      show_line (show, "exchange %u instance %u", self.room.exchange,
                 self.room.instance);
    }
  oscar_oservice_encode_service_request (&show->again, &self);
  return TRUE;
}

static void
show_response (Show *show, const OscarServiceResponse *self)
{
  if (self->foodgroup != 0)
    show_line (show, "foodgroup %02x", self->foodgroup);
  show_text (show, "host", self->host);
  show_bytes (show, "cookie", self->cookie);
  show_text (show, "tls name", self->tls_name);
  if (self->tls_state != 0)
    show_line (show, "tls state %u", self->tls_state);
}

static gboolean
show_service_response (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarServiceResponse) self = { 0 };

  if (!oscar_oservice_decode_service_response (body, &self, error))
    return FALSE;
  show_response (show, &self);
  oscar_oservice_encode_service_response (&show->again, &self);
  return TRUE;
}

static gboolean
show_migration (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarMigration) self = { { 0 } };
  g_autoptr (GString) line = g_string_new ("foodgroups");

  if (!oscar_oservice_decode_migration (body, &self, error))
    return FALSE;
  for (guint i = 0; i < self.foodgroups.n; i++)
    g_string_append_printf (line, " %02x", self.foodgroups.ids[i]);
  show_line (show, "%s", line->str);
  show_response (show, &self.to);
  oscar_oservice_encode_migration (&show->again, &self);
  return TRUE;
}

static void
show_rate_class (Show *show, const OscarRateClass *class, gboolean long_form)
{
  show_line (show,
             "class %u window %u clear %u alert %u limit %u disconnect %u "
             "current %u max %u",
             class->id, class->window, class->clear, class->alert, class->limit,
             class->disconnect, class->current, class->max);
  if (long_form)
    show_line (show, "  last %u state %u", class->last, class->state);
}

static gboolean
show_rates (ImReader *body, Show *show, GError **error)
{
  g_autoptr (GString) line = g_string_new ("members");
  OscarRates self;
  OscarRateWalk walk;
  OscarRateMember member;

  if (!oscar_rate_decode_reply (body, &self, error))
    return FALSE;
  for (guint i = 0; i < self.n; i++)
    show_rate_class (show, &self.classes[i], self.long_form);
  oscar_rate_walk_init (&walk, &self);
  while (oscar_rate_walk_next (&walk, &member))
    g_string_append_printf (line, " %u:%02x/%02x", member.class_id,
                            member.foodgroup, member.subtype);
  show_line (show, "%s", line->str);
  show->no_encoder = TRUE;
  return TRUE;
}

static gboolean
show_rate_change (ImReader *body, Show *show, GError **error)
{
  OscarRateChange self;

  if (!oscar_rate_decode_change (body, &self, error))
    return FALSE;
  show_line (show, "code %u", self.code);
  for (guint i = 0; i < self.n; i++)
    show_rate_class (show, &self.classes[i], self.long_form);
  oscar_rate_encode_change (&show->again, &self);
  return TRUE;
}

static gboolean
show_subscribe (ImReader *body, Show *show, GError **error)
{
  g_autoptr (GString) line = g_string_new ("classes");
  OscarFoodgroups ids;
  OscarRates rates = { 0 };

  if (!oscar_oservice_decode_foodgroups (body, &ids, error))
    return FALSE;
  for (guint i = 0; i < MIN (ids.n, IM_MAX_RATE_CLASSES); i++)
    {
      g_string_append_printf (line, " %u", ids.ids[i]);
      rates.classes[rates.n++].id = ids.ids[i];
    }
  show_line (show, "%s", line->str);
  oscar_rate_encode_subscribe (&show->again, &rates);
  return TRUE;
}

static gboolean
show_evil (ImReader *body, Show *show, GError **error)
{
  OscarEvil self;

  if (!oscar_oservice_decode_evil (body, &self, error))
    return FALSE;
  show_line (show, "level %u%s", self.level, self.named ? "" : ", anonymous");
  if (self.named)
    show_user (show, &self.who);
  oscar_oservice_encode_evil (&show->again, &self);
  return TRUE;
}

static gboolean
show_idle (ImReader *body, Show *show, GError **error)
{
  guint32 seconds;

  if (!oscar_oservice_decode_idle (body, &seconds, error))
    return FALSE;
  show_line (show, "seconds %u", seconds);
  oscar_oservice_encode_idle (&show->again, seconds);
  return TRUE;
}

static gboolean
show_motd (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarMotd) self = { 0 };

  if (!oscar_oservice_decode_motd (body, &self, error))
    return FALSE;
  show_line (show, "type %u", self.type);
  show_text (show, "text", self.text);
  oscar_oservice_encode_motd (&show->again, &self);
  return TRUE;
}

static gboolean
show_privacy_flags (ImReader *body, Show *show, GError **error)
{
  guint32 flags;

  if (!oscar_oservice_decode_privacy_flags (body, &flags, error))
    return FALSE;
  show_line (show, "flags %08x", flags);
  oscar_oservice_encode_privacy_flags (&show->again, flags);
  return TRUE;
}

static gboolean
show_set_fields (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarSetFields) self = { 0 };
  const OscarDc *dc = &self.dc;

  if (!oscar_oservice_decode_set_fields (body, &self, error))
    return FALSE;
  if ((self.which & OSCAR_SET_STATUS) != 0)
    show_line (show, "status %08x", self.status);
  if ((self.which & OSCAR_SET_ERROR) != 0)
    show_line (show, "error %u", self.error);
  if ((self.which & OSCAR_SET_DC) != 0)
    show_line (show,
               "dc ip %08x port %u type %u protocol %u cookie %08x web port "
               "%u features %u times %08x %08x %08x unknown %u",
               dc->ip, dc->port, dc->type, dc->protocol, dc->cookie,
               dc->web_port, dc->features, dc->info_time, dc->ext_info_time,
               dc->ext_status_time, dc->unknown);
  if ((self.which & OSCAR_SET_TEXT) != 0)
    show_text (show, "text", self.text != NULL ? self.text : "");
  oscar_oservice_encode_set_fields (&show->again, &self);
  return TRUE;
}

static gboolean
show_bart_status (ImReader *body, Show *show, GError **error)
{
  GError *failed = NULL;
  OscarBartItem item;

  while (oscar_bart_next (body, &item, &failed))
    {
      show_bart_item (show, &item);
      oscar_bart_write (&show->again, item.type, item.flags, item.data.pos,
                        im_reader_left (&item.data));
    }
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

static gboolean
show_locate_rights (ImReader *body, Show *show, GError **error)
{
  OscarLocateRights self;

  if (!oscar_locate_decode_rights (body, &self, error))
    return FALSE;
  show_line (show, "profile %u caps %u emails %u certificates %u short caps %u",
             self.max_profile, self.max_caps, self.max_emails,
             self.max_certificates, self.max_short_caps);
  oscar_locate_encode_rights (&show->again, &self);
  return TRUE;
}

static void
show_info (Show *show, const OscarLocateInfo *info)
{
  g_autofree char *profile = oscar_locate_dup_profile (info, NULL);
  g_autofree char *away = oscar_locate_dup_away (info, NULL);

  show_text (show, "profile", profile);
  show_text (show, "away", away);
  show_caps (show, info->caps);
  if (info->profile_time != 0)
    show_line (show, "profile time %u", info->profile_time);
  if (info->away_time != 0)
    show_line (show, "away time %u", info->away_time);
  if (info->store != 0)
    show_line (show, "store %u", info->store);
}

static gboolean
show_set_info (ImReader *body, Show *show, GError **error)
{
  OscarLocateInfo self;

  if (!oscar_locate_decode_set_info (body, &self, error))
    return FALSE;
  show_info (show, &self);
  oscar_locate_encode_set_info (&show->again, &self);
  return TRUE;
}

static gboolean
show_info_query (ImReader *body, Show *show, GError **error)
{
  OscarLocateQuery self;

  if (!oscar_locate_decode_query (body, &self, error))
    return FALSE;
  show_line (show, "want %04x", self.want);
  show_text (show, "name", self.name.text);
  oscar_locate_encode_query (&show->again, (guint16)self.want, self.name.text);
  return TRUE;
}

static gboolean
show_info_query2 (ImReader *body, Show *show, GError **error)
{
  OscarLocateQuery self;

  if (!oscar_locate_decode_query2 (body, &self, error))
    return FALSE;
  show_line (show, "want %08x", self.want);
  show_text (show, "name", self.name.text);
  oscar_locate_encode_query2 (&show->again, self.want, self.name.text);
  return TRUE;
}

static gboolean
show_info_reply (ImReader *body, Show *show, GError **error)
{
  OscarLocateReply self;

  if (!oscar_locate_decode_reply (body, &self, error))
    return FALSE;
  show_user (show, &self.user);
  show_info (show, &self.info);
  oscar_locate_encode_reply (&show->again, &self);
  return TRUE;
}

static gboolean
show_buddy_rights_query (ImReader *body, Show *show, GError **error)
{
  guint16 flags;

  if (!oscar_buddy_decode_rights_query (body, &flags, error))
    return FALSE;
  show_line (show, "flags %04x", flags);
  oscar_buddy_encode_rights_query (&show->again, flags);
  return TRUE;
}

static gboolean
show_buddy_rights (ImReader *body, Show *show, GError **error)
{
  OscarBuddyRights self;

  if (!oscar_buddy_decode_rights (body, &self, error))
    return FALSE;
  show_line (show, "buddies %u watchers %u broadcast %u temporary %u",
             self.max_buddies, self.max_watchers, self.max_broadcast,
             self.max_temporary);
  oscar_buddy_encode_rights (&show->again, &self);
  return TRUE;
}

static gboolean
show_pd_rights (ImReader *body, Show *show, GError **error)
{
  OscarPdRights self;

  if (!oscar_pd_decode_rights (body, &self, error))
    return FALSE;
  show_line (show, "permits %u denies %u temporary %u", self.max_permits,
             self.max_denies, self.max_temporary);
  oscar_pd_encode_rights (&show->again, &self);
  return TRUE;
}

static gboolean
show_pd_mask (ImReader *body, Show *show, GError **error)
{
  guint32 mask;

  if (!oscar_pd_decode_group_mask (body, &mask, error))
    return FALSE;
  show_line (show, "mask %08x", mask);
  oscar_pd_encode_group_mask (&show->again, mask);
  return TRUE;
}

static gboolean
show_pd_error (ImReader *body, Show *show, GError **error)
{
  guint16 code;

  if (!oscar_pd_decode_error (body, &code, error))
    return FALSE;
  show_line (show, "code %04x", code);
  im_writer_u16 (&show->again, code);
  return show_names (body, show, error);
}

const ShowRow show_rows_session[] = {
  { OSCAR_SNAC (0x01, 0x02), "client online", show_client_online },
  { OSCAR_SNAC (0x01, 0x03), "host online", show_foodgroups },
  { OSCAR_SNAC (0x01, 0x04), "service request", show_service_request },
  { OSCAR_SNAC (0x01, 0x05), "service response", show_service_response },
  { OSCAR_SNAC (0x01, 0x06), "rate query", show_nothing },
  { OSCAR_SNAC (0x01, 0x07), "rates", show_rates },
  { OSCAR_SNAC (0x01, 0x08), "rate subscribe", show_subscribe },
  { OSCAR_SNAC (0x01, 0x0a), "rate change", show_rate_change },
  { OSCAR_SNAC (0x01, 0x0b), "pause", show_foodgroups },
  { OSCAR_SNAC (0x01, 0x0c), "pause ack", show_foodgroups },
  { OSCAR_SNAC (0x01, 0x0d), "resume", show_foodgroups },
  { OSCAR_SNAC (0x01, 0x0e), "own info query", show_nothing },
  { OSCAR_SNAC (0x01, 0x0f), "own info", show_users },
  { OSCAR_SNAC (0x01, 0x10), "evil notification", show_evil },
  { OSCAR_SNAC (0x01, 0x11), "idle", show_idle },
  { OSCAR_SNAC (0x01, 0x12), "migrate", show_migration },
  { OSCAR_SNAC (0x01, 0x13), "motd", show_motd },
  { OSCAR_SNAC (0x01, 0x14), "privacy flags", show_privacy_flags },
  { OSCAR_SNAC (0x01, 0x16), "no-op", show_nothing },
  { OSCAR_SNAC (0x01, 0x17), "client versions", show_versions },
  { OSCAR_SNAC (0x01, 0x18), "host versions", show_versions },
  { OSCAR_SNAC (0x01, 0x1e), "set fields", show_set_fields },
  { OSCAR_SNAC (0x01, 0x21), "bart status", show_bart_status },
  { OSCAR_SNAC (0x02, 0x02), "locate rights query", show_nothing },
  { OSCAR_SNAC (0x02, 0x03), "locate rights", show_locate_rights },
  { OSCAR_SNAC (0x02, 0x04), "set info", show_set_info },
  { OSCAR_SNAC (0x02, 0x05), "info query", show_info_query },
  { OSCAR_SNAC (0x02, 0x06), "info reply", show_info_reply },
  { OSCAR_SNAC (0x02, 0x15), "info query 2", show_info_query2 },
  { OSCAR_SNAC (0x03, 0x02), "buddy rights query", show_buddy_rights_query },
  { OSCAR_SNAC (0x03, 0x03), "buddy rights", show_buddy_rights },
  { OSCAR_SNAC (0x03, 0x04), "add buddies", show_names },
  { OSCAR_SNAC (0x03, 0x05), "remove buddies", show_names },
  { OSCAR_SNAC (0x03, 0x0a), "buddies rejected", show_names },
  { OSCAR_SNAC (0x03, 0x0b), "arrived", show_users },
  { OSCAR_SNAC (0x03, 0x0c), "departed", show_users },
  { OSCAR_SNAC (0x03, 0x0f), "add temporary buddies", show_names },
  { OSCAR_SNAC (0x03, 0x10), "remove temporary buddies", show_names },
  { OSCAR_SNAC (0x09, 0x02), "privacy rights query", show_nothing },
  { OSCAR_SNAC (0x09, 0x03), "privacy rights", show_pd_rights },
  { OSCAR_SNAC (0x09, 0x04), "set group mask", show_pd_mask },
  { OSCAR_SNAC (0x09, 0x05), "add permits", show_names },
  { OSCAR_SNAC (0x09, 0x06), "remove permits", show_names },
  { OSCAR_SNAC (0x09, 0x07), "add denies", show_names },
  { OSCAR_SNAC (0x09, 0x08), "remove denies", show_names },
  { OSCAR_SNAC (0x09, 0x09), "privacy error", show_pd_error },
  { OSCAR_SNAC (0x09, 0x0a), "add temporary permits", show_names },
  { OSCAR_SNAC (0x09, 0x0b), "remove temporary permits", show_names },
  { 0, NULL, NULL },
};
