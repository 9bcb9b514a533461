#pragma once

/* ADMIN (food group 0x07, a connection of its own): name format, e-mail and
 * password of the account. 07/06 has no body. */

#include <glib.h>
#include "im-reader.h"
#include "im-writer.h"

typedef enum
{
  OSCAR_ADMIN_NAME = 0x0001,
  OSCAR_ADMIN_EMAIL = 0x0011,
  OSCAR_ADMIN_REGISTRATION = 0x0013,
} OscarAdminField;

/** 07/02. */
IM_API void oscar_admin_encode_query (ImWriter *writer, OscarAdminField field);
IM_API gboolean oscar_admin_decode_query (ImReader *body, guint16 *ret,
                                          GError **error);

/**
 * OscarAdminChange:
 * @name: (nullable): the same name in another spacing and case
 * @email: (nullable): new address
 * @registration: 1 to 3, or 0
 * @password: (nullable): new one
 * @old_password: (nullable): needed with @password
 *
 * 07/04. Borrowed when encoding, owned after decoding.
 */
typedef struct
{
  char *name;
  char *email;
  guint16 registration;
  char *password;
  char *old_password;
} OscarAdminChange;

IM_API void oscar_admin_change_clear (OscarAdminChange *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarAdminChange, oscar_admin_change_clear)
IM_API void oscar_admin_encode_change (ImWriter *writer,
                                       const OscarAdminChange *self);
IM_API gboolean oscar_admin_decode_change (ImReader *body,
                                           OscarAdminChange *ret,
                                           GError **error);

/**
 * OscarAdminReply:
 * @permissions: 1 or 2 read only, 3 to be changed
 * @name: (nullable): the name as formatted
 * @email: (nullable): of the account
 * @registration: 1 to 3, or 0
 * @error: why a change was refused, or 0
 * @error_url: (nullable): a page about it
 *
 * 07/03 and 07/05.
 */
typedef struct
{
  guint16 permissions;
  char *name;
  char *email;
  guint16 registration;
  guint16 error;
  char *error_url;
} OscarAdminReply;

IM_API void oscar_admin_reply_clear (OscarAdminReply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarAdminReply, oscar_admin_reply_clear)
IM_API gboolean oscar_admin_decode_reply (ImReader *body, OscarAdminReply *ret,
                                          GError **error);

typedef enum
{
  OSCAR_CONFIRM_MAILED = 0x0000,
  OSCAR_CONFIRM_ALREADY = 0x001e,
  OSCAR_CONFIRM_FAILED = 0x0023,
} OscarAdminConfirm;

/** 07/07. */
IM_API gboolean oscar_admin_decode_confirm (ImReader *body, guint16 *ret,
                                            GError **error);
