#pragma once

/* FEEDBAG (food group 0x13): the list the server keeps.
 *
 * 13/04, 13/07, 13/11 (unless importing) and 13/12 have no body. 13/08, 13/09
 * and 13/0A are items one after the other (oscar_feedbag_next_item()), 13/1C
 * is a name (oscar_text_read_name()). */

#include <glib.h>
#include "oscar-text.h"
#include "oscar-tlv.h"

typedef enum
{
  OSCAR_ITEM_BUDDY = 0x0000,
  OSCAR_ITEM_GROUP = 0x0001, /* group 0 is the master group */
  OSCAR_ITEM_PERMIT = 0x0002,
  OSCAR_ITEM_DENY = 0x0003,
  OSCAR_ITEM_PD_INFO = 0x0004,
  OSCAR_ITEM_BUDDY_PREFS = 0x0005,
  OSCAR_ITEM_NON_BUDDY = 0x0006,
  OSCAR_ITEM_CLIENT_PREFS = 0x0009,
  OSCAR_ITEM_WATCH = 0x000d,
  OSCAR_ITEM_IGNORE = 0x000e, /* ICQ */
  OSCAR_ITEM_EXTERNAL = 0x0010,
  OSCAR_ITEM_IMPORT_TIME = 0x0013,
  OSCAR_ITEM_BART = 0x0014,
} OscarItemClass;

typedef enum
{
  OSCAR_ATTR_PENDING_AUTH = 0x0066,
  OSCAR_ATTR_ORDER = 0x00c8, /* u16 ids of what stands in a group */
  OSCAR_ATTR_PREFS = 0x00c9,
  OSCAR_ATTR_PD_MODE = 0x00ca,  /* u8, 1 to 5 as in ImPrivacyMode */
  OSCAR_ATTR_PD_MASK = 0x00cb,  /* u32 */
  OSCAR_ATTR_PD_FLAGS = 0x00cc, /* u32 */
  OSCAR_ATTR_CREATED = 0x00d4,  /* u32 */
  OSCAR_ATTR_BART_INFO = 0x00d5,
  OSCAR_ATTR_PREFS_VALID = 0x00d6,
  OSCAR_ATTR_PREFS2 = 0x00d7,
  OSCAR_ATTR_PREFS2_VALID = 0x00d8,
  OSCAR_ATTR_ALIAS = 0x0131,
  OSCAR_ATTR_EMAIL = 0x0137,
  OSCAR_ATTR_PHONE = 0x0138,
  OSCAR_ATTR_CELL = 0x0139,
  OSCAR_ATTR_SMS = 0x013a,
  OSCAR_ATTR_NOTE = 0x013c,
} OscarItemAttribute;

/**
 * OscarFeedbagItem:
 * @name: (owned): screen name, group name and so on, as tidy UTF-8
 * @raw_name: (nullable) (owned): the name as it came, if that differs
 * @group_id: the group it stands in, or is; 0 outside of groups
 * @item_id: its number; 0 for a group
 * @class_id: an #OscarItemClass, or another client's
 * @attributes: (nullable) (owned): TLVs as they came
 *
 * An item of the list. Names and attributes are kept as they came, so that
 * an update gives back what other clients wrote and we do not understand.
 */
typedef struct
{
  char *name;
  GBytes *raw_name;
  guint16 group_id;
  guint16 item_id;
  guint16 class_id;
  GBytes *attributes;
} OscarFeedbagItem;

IM_API void oscar_feedbag_item_clear (OscarFeedbagItem *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarFeedbagItem, oscar_feedbag_item_clear)

/** Makes @ret, whose former contents are not freed, a copy of @self. */
IM_API void oscar_feedbag_item_copy (const OscarFeedbagItem *self,
                                     OscarFeedbagItem *ret);

/**
 * oscar_feedbag_next_item:
 * @items: a cursor over items
 * @ret: (out): the next one; clear it in the end
 * @error: return location
 *
 * Returns: %FALSE at the end of @items, or with @error set
 */
IM_API gboolean oscar_feedbag_next_item (ImReader *items, OscarFeedbagItem *ret,
                                         GError **error);
IM_API void oscar_feedbag_write_item (ImWriter *writer,
                                      const OscarFeedbagItem *self);

/** Returns: how many bytes that writes */
IM_API gsize oscar_feedbag_item_size (const OscarFeedbagItem *self);

IM_API void oscar_feedbag_item_set_name (OscarFeedbagItem *self,
                                         const char *utf8);

/* Attributes. Those with one tag are one value: setting replaces it where it
 * stands, so the others keep their order. */
IM_API gboolean oscar_feedbag_item_get (const OscarFeedbagItem *self,
                                        guint16 tag, ImReader *ret);
/** Returns: the number under @tag, or @fallback if there is none readable */
IM_API guint32 oscar_feedbag_item_get_uint (const OscarFeedbagItem *self,
                                            guint16 tag, guint32 fallback);
/** Returns: (transfer full) (nullable): the text under @tag; %NULL if empty */
IM_API char *oscar_feedbag_item_dup_string (const OscarFeedbagItem *self,
                                            guint16 tag);
IM_API void oscar_feedbag_item_set (OscarFeedbagItem *self, guint16 tag,
                                    const void *data, gsize len);
/** %NULL or "" removes the attribute. */
IM_API void oscar_feedbag_item_set_string (OscarFeedbagItem *self, guint16 tag,
                                           const char *utf8);
IM_API void oscar_feedbag_item_set_u8 (OscarFeedbagItem *self, guint16 tag,
                                       guint8 value);
IM_API void oscar_feedbag_item_set_u32 (OscarFeedbagItem *self, guint16 tag,
                                        guint32 value);
IM_API void oscar_feedbag_item_unset (OscarFeedbagItem *self, guint16 tag);

/* The order attribute of a group. */
/** Takes the next id of an order; %FALSE at its end. */
IM_API gboolean oscar_feedbag_next_id (ImReader *order, guint16 *ret);
/** Writes @n ids; none removes the attribute. */
IM_API void oscar_feedbag_item_set_order (OscarFeedbagItem *self,
                                          const guint16 *ids, gsize n);
/** Appends @id to the order unless it stands there. */
IM_API void oscar_feedbag_item_add_to_order (OscarFeedbagItem *self,
                                             guint16 id);
IM_API void oscar_feedbag_item_remove_from_order (OscarFeedbagItem *self,
                                                  guint16 id);

/** Bits of a buddy-prefs item. */
typedef enum
{
  OSCAR_PREF_DISCLOSE_IDLE = 0x0a,
  OSCAR_PREF_DISCLOSE_TYPING = 0x16,
  OSCAR_PREF_OFFLINE_MESSAGES = 0x34,
} OscarBuddyPref;

/** Returns: bit @pref, or @fallback if the item leaves it open */
IM_API gboolean oscar_feedbag_item_get_pref (const OscarFeedbagItem *self,
                                             guint pref, gboolean fallback);
IM_API void oscar_feedbag_item_set_pref (OscarFeedbagItem *self, guint pref,
                                         gboolean value);

/**
 * OscarFeedbagReply:
 * @version: 0
 * @count: how many items follow
 * @items: those items, all there; points into the bytes being read
 * @time: when the list last changed; only the last of several replies (the
 *   one without %OSCAR_SNAC_MORE) says the truth
 *
 * 13/06.
 */
typedef struct
{
  guint8 version;
  guint16 count;
  ImReader items;
  guint32 time;
} OscarFeedbagReply;

IM_API gboolean oscar_feedbag_decode_reply (ImReader *body,
                                            OscarFeedbagReply *ret,
                                            GError **error);
IM_API void oscar_feedbag_encode_reply (ImWriter *writer,
                                        const OscarFeedbagReply *self);

/** 13/05 and 13/0F: what the client has, or the server still has. */
typedef struct
{
  guint32 time;
  guint16 count;
} OscarFeedbagStamp;

IM_API void oscar_feedbag_encode_stamp (ImWriter *writer,
                                        const OscarFeedbagStamp *self);
/** The count may be one byte or two: Open OSCAR Server writes one. */
IM_API gboolean oscar_feedbag_decode_stamp (ImReader *body,
                                            OscarFeedbagStamp *ret,
                                            GError **error);

typedef enum
{
  OSCAR_FEEDBAG_OK = 0x0000,
  OSCAR_FEEDBAG_NOT_FOUND = 0x0002,
  OSCAR_FEEDBAG_EXISTS = 0x0003,
  OSCAR_FEEDBAG_FAILED = 0x000a,
  OSCAR_FEEDBAG_FULL = 0x000c,
  OSCAR_FEEDBAG_OTHER_NETWORK = 0x000d,
  OSCAR_FEEDBAG_NEEDS_AUTH = 0x000e,
} OscarFeedbagStatus;

/** Takes the next code of 13/0E, one per item of the request: %FALSE at the
 * end, or with @error set. */
IM_API gboolean oscar_feedbag_next_status (ImReader *body, guint16 *ret,
                                           GError **error);

/* Classes a server names a limit for. */
#define OSCAR_FEEDBAG_MAX_CLASSES 64

/**
 * OscarFeedbagRights:
 * @n_limits: for how many classes a limit is known
 * @limits: how many items there may be, by class
 * @max_attributes: of an item, or 0
 * @max_name: of an item, bytes, or 0
 * @max_per_group: buddies, or 0
 *
 * 13/03.
 */
typedef struct
{
  guint n_limits;
  guint16 limits[OSCAR_FEEDBAG_MAX_CLASSES];
  guint16 max_attributes;
  guint16 max_name;
  guint16 max_per_group;
} OscarFeedbagRights;

/** 13/02; without flags the body is empty. */
IM_API void oscar_feedbag_encode_rights_query (ImWriter *writer, guint16 flags);
IM_API gboolean oscar_feedbag_decode_rights (ImReader *body,
                                             OscarFeedbagRights *ret,
                                             GError **error);

/**
 * OscarFeedbagAuth:
 * @name: the other one
 * @accept: in 13/1A and 13/1B, whether it was granted
 * @reason: (nullable) (owned): words
 *
 * 13/14, 13/15, 13/18, 13/19: without @accept; 13/1A and 13/1B: with it.
 */
typedef struct
{
  OscarName name;
  gboolean accept;
  char *reason;
} OscarFeedbagAuth;

IM_API void oscar_feedbag_auth_clear (OscarFeedbagAuth *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarFeedbagAuth, oscar_feedbag_auth_clear)

/* 13/14, 13/15, 13/18 and 13/19. */
IM_API gboolean oscar_feedbag_decode_auth_request (ImReader *body,
                                                   OscarFeedbagAuth *ret,
                                                   GError **error);
IM_API void oscar_feedbag_encode_auth_request (ImWriter *writer,
                                               const char *name,
                                               const char *reason);

/* 13/1A and 13/1B. */
IM_API gboolean oscar_feedbag_decode_auth_reply (ImReader *body,
                                                 OscarFeedbagAuth *ret,
                                                 GError **error);
IM_API void oscar_feedbag_encode_auth_reply (ImWriter *writer, const char *name,
                                             gboolean accept,
                                             const char *reason);
