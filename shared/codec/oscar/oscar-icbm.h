#pragma once

/* ICBM (food group 0x04): messages. 04/03, 04/04, 04/10 and 04/17 have no
 * body. What channel 2 and 4 carry is in oscar-rendezvous.h and
 * oscar-icq-message.h. */

#include <glib.h>
#include "oscar-tlv.h"
#include "oscar-userinfo.h"

typedef enum
{
  OSCAR_CHANNEL_ALL = 0, /* in 04/02 only */
  OSCAR_CHANNEL_TEXT = 1,
  OSCAR_CHANNEL_RENDEZVOUS = 2,
  OSCAR_CHANNEL_CHAT = 3,
  OSCAR_CHANNEL_ICQ = 4,
} OscarChannel;

typedef enum
{
  OSCAR_ICBM_ALLOWED = 0x00000001,
  OSCAR_ICBM_MISSED_NOTICES = 0x00000002,
  OSCAR_ICBM_TYPING_EVENTS = 0x00000008,
  OSCAR_ICBM_SMS = 0x00000010,
  OSCAR_ICBM_OFFLINE_MESSAGES = 0x00000100,
  OSCAR_ICBM_ICQ_HTML = 0x00000400,
} OscarIcbmFlags;

/**
 * OscarIcbmParameters:
 * @channel: in 04/02 the channel, in 04/05 how many there may be
 * @flags: #OscarIcbmFlags
 * @max_length: of a message, bytes
 * @max_sender_evil: warning level above which senders are refused
 * @max_receiver_evil: ... and receivers
 * @min_interval: milliseconds between messages
 *
 * 04/02 and 04/05.
 */
typedef struct
{
  guint16 channel;
  guint32 flags;
  guint16 max_length;
  guint16 max_sender_evil;
  guint16 max_receiver_evil;
  guint32 min_interval;
} OscarIcbmParameters;

IM_API gboolean oscar_icbm_decode_parameters (ImReader *body,
                                              OscarIcbmParameters *ret,
                                              GError **error);
IM_API void oscar_icbm_encode_parameters (ImWriter *writer,
                                          const OscarIcbmParameters *self);

/** A buddy icon announced with a message (TLV 0x0008). */
typedef struct
{
  guint32 length;
  guint16 checksum;
  guint32 timestamp;
} OscarIcbmIcon;

/** TLVs that say something by being there. */
typedef enum
{
  OSCAR_ICBM_WANTS_ACK = 1 << 0,     /* 0x0003: answer with 04/0C */
  OSCAR_ICBM_AUTO_RESPONSE = 1 << 1, /* 0x0004 */
  OSCAR_ICBM_STORE = 1 << 2,         /* 0x0006: keep it if they are offline */
  OSCAR_ICBM_HAS_ICON = 1 << 3,      /* 0x0008 */
  OSCAR_ICBM_WANTS_ICON = 1 << 4,    /* 0x0009 */
  OSCAR_ICBM_WANTS_TYPING = 1 << 5,  /* 0x000B */
  OSCAR_ICBM_HAS_TIME = 1 << 6,      /* 0x0016 */
} OscarIcbmMarks;

/**
 * OscarIcbm:
 * @cookie: the sender's number for the message
 * @channel: an #OscarChannel
 * @user: 04/06: only the name, the recipient; 04/07: the sender
 * @marks: what came along
 * @fragments: channel 1: see oscar_icbm_dup_text()
 * @data: channels 2 and 4: TLV 0x0005
 * @icon: if @marks has it
 * @time: unix time it was sent, if @marks has it
 *
 * 04/06 and 04/07. Slices whose pos is %NULL are absent; after decoding they
 * point into the bytes being read. Nothing is owned.
 */
typedef struct
{
  guint64 cookie;
  guint16 channel;
  OscarIcbmMarks marks;
  ImReader fragments;
  ImReader data;
  OscarIcbmIcon icon;
  guint32 time;
  OscarUserInfo user;
} OscarIcbm;

/** 04/07. */
IM_API gboolean oscar_icbm_decode_incoming (ImReader *body, OscarIcbm *ret,
                                            GError **error);
IM_API void oscar_icbm_encode_incoming (ImWriter *writer,
                                        const OscarIcbm *self);

/** 04/06 as a server reads it. */
IM_API gboolean oscar_icbm_decode_send (ImReader *body, OscarIcbm *ret,
                                        GError **error);

/**
 * oscar_icbm_dup_text:
 * @fragments: of a channel-1 message; stays where it is
 * @legacy: (nullable): code page of ICQ peers; see oscar_text_dup_charset()
 * @ret: (out) (transfer full): the texts in their order as UTF-8, markup
 *   untouched; "" if there is none
 * @error: return location
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TRUNCATED if a fragment is cut
 */
IM_API gboolean oscar_icbm_dup_text (const ImReader *fragments,
                                     const char *legacy, char **ret,
                                     GError **error);

/**
 * oscar_icbm_write_text:
 * @writer: where to append
 * @utf8: text, with the markup the recipient understands
 * @icq: announce the features of ICQ rather than AIM senders
 *
 * Appends the fragments of a channel-1 message, in ASCII if that will do and
 * else in UTF-16.
 */
IM_API void oscar_icbm_write_text (ImWriter *writer, const char *utf8,
                                   gboolean icq);

/** The same with bytes of the caller's choice: text in a code page, labelled
 * %OSCAR_CHARSET_LATIN1, for ICQ peers who know nothing else. */
IM_API void oscar_icbm_write_fragments (ImWriter *writer, guint16 charset,
                                        const void *text, gsize len,
                                        gboolean icq);

/**
 * oscar_icbm_open_send:
 * @writer: where to append
 * @cookie: random and not 0
 * @channel: an #OscarChannel
 * @to: the recipient
 *
 * Begins 04/06: for channel 1 write a TLV with oscar_icbm_write_text() next,
 * for others their TLV 0x0005, then oscar_icbm_write_marks().
 *
 * Returns: the mark of the TLV to end with im_writer_close16()
 */
IM_API gsize oscar_icbm_open_send (ImWriter *writer, guint64 cookie,
                                   OscarChannel channel, const char *to);

/** Writes the empty TLVs of @marks, in the order clients do. */
IM_API void oscar_icbm_write_marks (ImWriter *writer, OscarIcbmMarks marks);

/** 04/06 on channel 1, whole. */
IM_API void oscar_icbm_encode_text (ImWriter *writer, guint64 cookie,
                                    const char *to, const char *utf8,
                                    gboolean icq, OscarIcbmMarks marks);

/** 04/08. */
typedef struct
{
  gboolean anonymous;
  OscarName who;
} OscarIcbmWarn;

IM_API void oscar_icbm_encode_warn (ImWriter *writer, const char *who,
                                    gboolean anonymous);
IM_API gboolean oscar_icbm_decode_warn (ImReader *body, OscarIcbmWarn *ret,
                                        GError **error);

/** 04/09: by how much, and their new level; tenths of a percent. */
typedef struct
{
  guint16 delta;
  guint16 level;
} OscarIcbmWarnReply;

IM_API gboolean oscar_icbm_decode_warn_reply (ImReader *body,
                                              OscarIcbmWarnReply *ret,
                                              GError **error);
IM_API void oscar_icbm_encode_warn_reply (ImWriter *writer,
                                          const OscarIcbmWarnReply *self);

typedef enum
{
  OSCAR_MISSED_INVALID = 0,
  OSCAR_MISSED_TOO_LARGE = 1,
  OSCAR_MISSED_RATE = 2,
  OSCAR_MISSED_SENDER_EVIL = 3,
  OSCAR_MISSED_YOU_EVIL = 4,
} OscarMissedReason;

/** One entry of 04/0A: @count messages of @from did not arrive. */
typedef struct
{
  guint16 channel;
  OscarUserInfo from;
  guint16 count;
  guint16 reason;
} OscarIcbmMissed;

/** Takes the next entry: %FALSE at the end, or with @error set. */
IM_API gboolean oscar_icbm_next_missed (ImReader *body, OscarIcbmMissed *ret,
                                        GError **error);
IM_API void oscar_icbm_write_missed (ImWriter *writer,
                                     const OscarIcbmMissed *self);

typedef enum
{
  OSCAR_CLIENT_ERROR_UNSUPPORTED = 1,
  OSCAR_CLIENT_ERROR_BUSTED = 2,
  OSCAR_CLIENT_ERROR_CHANNEL = 3, /* @data says more; not always an error */
} OscarClientErrorReason;

/** 04/0B, either way. @data points into the bytes being read. */
typedef struct
{
  guint64 cookie;
  guint16 channel;
  OscarName who;
  guint16 reason;
  ImReader data;
} OscarIcbmClientError;

IM_API gboolean oscar_icbm_decode_client_error (ImReader *body,
                                                OscarIcbmClientError *ret,
                                                GError **error);
IM_API void oscar_icbm_encode_client_error (ImWriter *writer,
                                            const OscarIcbmClientError *self);

/** 04/0C: the server has the message. */
typedef struct
{
  guint64 cookie;
  guint16 channel;
  OscarName to;
} OscarIcbmAck;

IM_API gboolean oscar_icbm_decode_ack (ImReader *body, OscarIcbmAck *ret,
                                       GError **error);
IM_API void oscar_icbm_encode_ack (ImWriter *writer, const OscarIcbmAck *self);

typedef enum
{
  OSCAR_TYPING_FINISHED = 0,
  OSCAR_TYPING_TYPED = 1, /* paused with text in the box */
  OSCAR_TYPING_BEGUN = 2,
  OSCAR_TYPING_CLOSED = 0x0f,
} OscarTypingEvent;

/** 04/14, either way. */
typedef struct
{
  guint64 cookie;
  guint16 channel;
  OscarName who;
  guint16 event;
} OscarIcbmTyping;

IM_API gboolean oscar_icbm_decode_typing (ImReader *body, OscarIcbmTyping *ret,
                                          GError **error);
IM_API void oscar_icbm_encode_typing (ImWriter *writer, const char *who,
                                      OscarTypingEvent event);
