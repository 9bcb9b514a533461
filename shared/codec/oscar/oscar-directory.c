#include "oscar-directory.h"

#include <string.h>
#include "oscar-text.h"
#include "oscar-tlv.h"

#define TLV_NAME 0x0001

#define ENTRY(tag, kind, member)                                               \
  OSCAR_FIELD (tag, kind, OscarDirectoryEntry, member)

static const OscarField fields[] = {
  ENTRY (0x001c, STRING, charset),
  OSCAR_FIELD_ALWAYS (0x000a, U16, OscarDirectoryEntry, search_type),
  ENTRY (0x0001, STRING, first),
  ENTRY (0x0002, STRING, last),
  ENTRY (0x0003, STRING, middle),
  ENTRY (0x0004, STRING, maiden),
  ENTRY (0x0005, STRING, email),
  ENTRY (0x0006, STRING, country),
  ENTRY (0x0007, STRING, state),
  ENTRY (0x0008, STRING, city),
  ENTRY (0x0009, STRING, screen_name),
  ENTRY (0x000b, STRING, interest),
  ENTRY (0x000c, STRING, nick),
  ENTRY (0x000d, STRING, zip),
  ENTRY (0x0021, STRING, street),
};

void
oscar_directory_encode_email (ImWriter *writer, const char *email)
{
  im_writer_raw (writer, email, strlen (email));
}

gboolean
oscar_directory_decode_email (ImReader *body, char **ret, GError **error)
{
  *ret = oscar_text_dup (body, NULL);
  body->pos = body->end;
  return TRUE;
}

gboolean
oscar_directory_next_name (ImReader *body, char **ret, GError **error)
{
  OscarTlvChain chain;
  OscarTlv tlv;

  oscar_tlv_chain_init (&chain, body);
  while (oscar_tlv_next (&chain, &tlv, error) == OSCAR_TLV_GOT)
    {
      body->pos = chain.rest.pos;
      if (tlv.tag == TLV_NAME)
        {
          *ret = oscar_tlv_dup_string (&tlv);
          return TRUE;
        }
    }
  return FALSE;
}

void
oscar_directory_write_name (ImWriter *writer, const char *name)
{
  oscar_tlv_write_string (writer, TLV_NAME, name);
}

void
oscar_directory_entry_clear (OscarDirectoryEntry *self)
{
  oscar_tlv_clear_fields (fields, G_N_ELEMENTS (fields), self);
}

static gboolean
read_entry (OscarTlvChain *chain, OscarDirectoryEntry *ret, GError **error)
{
  g_auto (OscarDirectoryEntry) self = { 0 };

  if (!oscar_tlv_decode_fields (chain, fields, G_N_ELEMENTS (fields), &self,
                                error))
    return FALSE;
  *ret = self;
  self = (OscarDirectoryEntry){ 0 };
  return TRUE;
}

gboolean
oscar_directory_decode_entry (ImReader *body, OscarDirectoryEntry *ret,
                              GError **error)
{
  OscarTlvChain chain;

  oscar_tlv_chain_init (&chain, body);
  body->pos = body->end;
  return read_entry (&chain, ret, error);
}

void
oscar_directory_encode_entry (ImWriter *writer, const OscarDirectoryEntry *self)
{
  oscar_tlv_encode_fields (writer, fields, G_N_ELEMENTS (fields), self);
}

gboolean
oscar_directory_decode_results (ImReader *body, OscarSearchResults *ret,
                                GError **error)
{
  return im_reader_u16 (body, &ret->status, error) &&
         im_reader_skip (body, 2, error) &&
         im_reader_u16 (body, &ret->count, error);
}

gboolean
oscar_directory_next_result (ImReader *body, OscarDirectoryEntry *ret,
                             GError **error)
{
  OscarTlvChain chain;

  return im_reader_left (body) > 0 &&
         oscar_tlv_read_count_block (body, &chain, error) &&
         read_entry (&chain, ret, error);
}
