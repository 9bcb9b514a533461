#include "oscar-icq-info.h"

#include <stdlib.h>
#include <string.h>

#include "oscar-icq-codes.h"

/* --- Reading ------------------------------------------------------------ */

typedef enum
{
  STEP_END,
  STEP_STRING,
  STEP_SKIP,      /* as many bytes as the id says */
  STEP_NUMBER,    /* two bytes, 0 for nothing */
  STEP_CODE,      /* two bytes that stand for a word */
  STEP_LANGUAGE,  /* one such byte */
  STEP_GENDER,
  STEP_BIRTHDAY,
  STEP_EMAILS,    /* how many, then { hidden, string } */
  STEP_LIST,      /* how many, then { code, string } */
  STEP_FREE,      /* 0: authorization is required */
  STEP_FLAG,
} StepKind;

typedef struct
{
  StepKind kind;
  guint id; /* an ImFieldId */
} Step;

#define STRING(name) { STEP_STRING, IM_FIELD_##name }

static const Step basic[] = {
  STRING (NICK),   STRING (FIRST_NAME), STRING (LAST_NAME), STRING (EMAIL),
  STRING (CITY),   STRING (STATE),      STRING (PHONE),     STRING (FAX),
  STRING (STREET), STRING (CELL),       STRING (ZIP),
  { STEP_CODE, IM_FIELD_COUNTRY },      { STEP_SKIP, 1 },
  { STEP_FREE, IM_FIELD_NEEDS_AUTH },   { STEP_FLAG, IM_FIELD_WEB_AWARE },
  { STEP_END, 0 },
};

static const Step work[] = {
  STRING (WORK_CITY),   STRING (WORK_STATE), STRING (WORK_PHONE),
  STRING (WORK_FAX),    STRING (WORK_STREET), STRING (WORK_ZIP),
  { STEP_CODE, IM_FIELD_WORK_COUNTRY },
  STRING (COMPANY),     STRING (DEPARTMENT), STRING (POSITION),
  { STEP_CODE, IM_FIELD_OCCUPATION },
  STRING (WORK_PAGE),   { STEP_END, 0 },
};

static const Step more[] = {
  { STEP_NUMBER, IM_FIELD_AGE }, { STEP_GENDER, IM_FIELD_GENDER },
  STRING (HOMEPAGE),             { STEP_BIRTHDAY, IM_FIELD_BIRTHDAY },
  { STEP_LANGUAGE, IM_FIELD_LANGUAGE },
  { STEP_LANGUAGE, IM_FIELD_LANGUAGE },
  { STEP_LANGUAGE, IM_FIELD_LANGUAGE },
  { STEP_SKIP, 2 },              STRING (ORIGIN_CITY),
  STRING (ORIGIN_STATE),         { STEP_CODE, IM_FIELD_ORIGIN_COUNTRY },
  { STEP_END, 0 },
};

static const Step notes[] = { STRING (NOTES), { STEP_END, 0 } };
static const Step emails[] = { { STEP_EMAILS, IM_FIELD_EMAIL },
                               { STEP_END, 0 } };
static const Step interests[] = { { STEP_LIST, IM_FIELD_INTEREST },
                                  { STEP_END, 0 } };
static const Step affiliations[] = { { STEP_LIST, IM_FIELD_PAST },
                                     { STEP_LIST, IM_FIELD_MEMBER_OF },
                                     { STEP_END, 0 } };
static const Step category[] = { { STEP_END, 0 } };

static const struct
{
  guint16 subtype;
  const Step *steps;
} parts[] = {
  { OSCAR_META_REPLY_BASIC, basic },
  { OSCAR_META_REPLY_MORE, more },
  { OSCAR_META_REPLY_EMAILS, emails },
  { OSCAR_META_REPLY_CATEGORY, category },
  { OSCAR_META_REPLY_WORK, work },
  { OSCAR_META_REPLY_NOTES, notes },
  { OSCAR_META_REPLY_INTERESTS, interests },
  { OSCAR_META_REPLY_AFFILIATIONS, affiliations },
};

typedef struct
{
  ImReader reader;
  const char *legacy;
  OscarIcqTake take;
  gpointer user;
} Walk;

static void
say (Walk *walk, ImFieldId id, const char *value)
{
  if (*value != '\0')
    walk->take (walk->user, id, value);
}

static gboolean
walk_string (Walk *walk, ImFieldId id)
{
  g_autofree char *value = NULL;

  if (!oscar_icq_read_string (&walk->reader, walk->legacy, &value, NULL))
    return FALSE;
  say (walk, id, value);
  return TRUE;
}

static gboolean
walk_number (Walk *walk, ImFieldId id)
{
  guint16 number;
  char value[8];

  if (!im_reader_u16le (&walk->reader, &number, NULL))
    return FALSE;
  g_snprintf (value, sizeof value, "%u", number);
  if (number != 0)
    say (walk, id, value);
  return TRUE;
}

static gboolean
walk_code (Walk *walk, const Step *step)
{
  guint16 code;
  guint8 byte = 0;
  const char *name;

  if (step->kind == STEP_CODE
          ? !im_reader_u16le (&walk->reader, &code, NULL)
          : !im_reader_u8 (&walk->reader, &byte, NULL))
    return FALSE;
  name = oscar_icq_code_name (step->id, step->kind == STEP_CODE ? code : byte);
  if (name != NULL)
    say (walk, step->id, name);
  return TRUE;
}

static gboolean
walk_byte (Walk *walk, const Step *step)
{
  guint8 byte;

  if (!im_reader_u8 (&walk->reader, &byte, NULL))
    return FALSE;
  if (step->kind == STEP_FREE)
    say (walk, step->id, byte == 0 ? "1" : "0");
  else if (step->kind == STEP_FLAG)
    say (walk, step->id, byte != 0 ? "1" : "0");
  else if (byte == 1 || byte == 2)
    say (walk, step->id, byte == 1 ? "female" : "male");
  return TRUE;
}

static gboolean
walk_birthday (Walk *walk, ImFieldId id)
{
  guint16 year;
  guint8 month, day;
  char value[16];

  if (!im_reader_u16le (&walk->reader, &year, NULL) ||
      !im_reader_u8 (&walk->reader, &month, NULL) ||
      !im_reader_u8 (&walk->reader, &day, NULL))
    return FALSE;
  g_snprintf (value, sizeof value, "%04u-%02u-%02u", year, month, day);
  if (g_date_valid_dmy (day, (GDateMonth)month, year))
    say (walk, id, value);
  return TRUE;
}

static gboolean
walk_list (Walk *walk, const Step *step)
{
  guint8 n;

  if (!im_reader_u8 (&walk->reader, &n, NULL))
    return FALSE;
  while (n-- > 0)
    if (!im_reader_skip (&walk->reader, step->kind == STEP_LIST ? 2 : 1,
                         NULL) ||
        !walk_string (walk, step->id))
      return FALSE;
  return TRUE;
}

static gboolean
walk_step (Walk *walk, const Step *step)
{
  switch (step->kind)
    {
    case STEP_STRING:
      return walk_string (walk, step->id);
    case STEP_SKIP:
      return im_reader_skip (&walk->reader, step->id, NULL);
    case STEP_NUMBER:
      return walk_number (walk, step->id);
    case STEP_CODE:
    case STEP_LANGUAGE:
      return walk_code (walk, step);
    case STEP_BIRTHDAY:
      return walk_birthday (walk, step->id);
    case STEP_EMAILS:
    case STEP_LIST:
      return walk_list (walk, step);
    case STEP_GENDER:
    case STEP_FREE:
    case STEP_FLAG:
      return walk_byte (walk, step);
    case STEP_END:
      break;
    }
  return FALSE;
}

gboolean
oscar_icq_decode_info (guint16 subtype, const ImReader *data,
                       const char *legacy, OscarIcqTake take, gpointer user)
{
  Walk walk = { *data, legacy, take, user };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].subtype == subtype)
      {
        for (const Step *step = parts[i].steps; walk_step (&walk, step);)
          step++;
        return TRUE;
      }
  return FALSE;
}

guint
oscar_icq_info_bit (guint16 subtype)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].subtype == subtype)
      return 1u << i;
  return 0;
}

/* --- Writing ------------------------------------------------------------ */

static const struct
{
  ImFieldId id;
  guint16 tag;
} tags[] = {
  { IM_FIELD_FIRST_NAME, 0x0140 }, { IM_FIELD_LAST_NAME, 0x014a },
  { IM_FIELD_NICK, 0x0154 },       { IM_FIELD_EMAIL, 0x015e },
  { IM_FIELD_GENDER, 0x017c },     { IM_FIELD_LANGUAGE, 0x0186 },
  { IM_FIELD_CITY, 0x0190 },       { IM_FIELD_STATE, 0x019a },
  { IM_FIELD_COUNTRY, 0x01a4 },    { IM_FIELD_COMPANY, 0x01ae },
  { IM_FIELD_DEPARTMENT, 0x01b8 }, { IM_FIELD_POSITION, 0x01c2 },
  { IM_FIELD_OCCUPATION, 0x01cc },
  { IM_FIELD_HOMEPAGE, 0x0213 },   { IM_FIELD_KEYWORDS, 0x0226 },
  { IM_FIELD_ONLINE, 0x0230 },     { IM_FIELD_BIRTHDAY, 0x023a },
  { IM_FIELD_NOTES, 0x0258 },      { IM_FIELD_STREET, 0x0262 },
  { IM_FIELD_ZIP, 0x026c },        { IM_FIELD_PHONE, 0x0276 },
  { IM_FIELD_FAX, 0x0280 },        { IM_FIELD_CELL, 0x028a },
  { IM_FIELD_NEEDS_AUTH, 0x02f8 }, { IM_FIELD_WEB_AWARE, 0x030c },
};

static void
write_birthday (ImWriter *writer, const char *value)
{
  guint year = 0, month = 0, day = 0;
  g_auto (GStrv) words = g_strsplit (value, "-", 3);

  if (g_strv_length (words) == 3)
    {
      year = (guint)strtoul (words[0], NULL, 10);
      month = (guint)strtoul (words[1], NULL, 10);
      day = (guint)strtoul (words[2], NULL, 10);
    }
  im_writer_u16le (writer, (guint16)year);
  im_writer_u16le (writer, (guint16)month);
  im_writer_u16le (writer, (guint16)day);
}

static void
write_value (ImWriter *writer, const ImField *field)
{
  switch (field->id)
    {
    case IM_FIELD_GENDER:
      im_writer_u8 (writer, strcmp (field->value, "female") == 0 ? 1
                            : strcmp (field->value, "male") == 0 ? 2
                                                                 : 0);
      break;
    case IM_FIELD_BIRTHDAY:
      write_birthday (writer, field->value);
      break;
    case IM_FIELD_LANGUAGE:
    case IM_FIELD_COUNTRY:
    case IM_FIELD_OCCUPATION:
      im_writer_u16le (writer, oscar_icq_code_of (field->id, field->value));
      break;
    case IM_FIELD_NEEDS_AUTH:
      im_writer_u8 (writer, *field->value == '1' ? 0 : 1);
      break;
    case IM_FIELD_ONLINE:
    case IM_FIELD_WEB_AWARE:
      im_writer_u8 (writer, *field->value == '1');
      break;
    case IM_FIELD_EMAIL:
      oscar_icq_write_string (writer, field->value);
      im_writer_u8 (writer, 0);
      break;
    default:
      oscar_icq_write_string (writer, field->value);
      break;
    }
}

gboolean
oscar_icq_write_field (ImWriter *writer, const ImField *field)
{
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    if (tags[i].id == field->id)
      {
        gsize mark;

        im_writer_u16le (writer, tags[i].tag);
        mark = im_writer_open16 (writer);
        write_value (writer, field);
        im_writer_close16le (writer, mark);
        return TRUE;
      }
  return FALSE;
}
