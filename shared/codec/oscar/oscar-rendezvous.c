#include "oscar-rendezvous.h"

#include <string.h>

#define TLV_REASON 0x000b

#define FIELD(tag, kind, member)                                               \
  OSCAR_FIELD (tag, kind, OscarRendezvous, member)

/* In the order Pidgin 2 writes them. */
static const OscarField fields[] = {
  FIELD (0x000a, U16, sequence),    FIELD (0x0002, U32, ip),
  FIELD (0x0016, U32, ip_check),    FIELD (0x0003, U32, own_ip),
  FIELD (0x0004, U32, verified_ip), FIELD (0x0005, U16, port),
  FIELD (0x0017, U16, port_check),  FIELD (0x0010, PRESENT, proxy),
  FIELD (0x0011, PRESENT, tls),     FIELD (0x000f, PRESENT, host_check),
  FIELD (0x000c, SLICE, text),      FIELD (0x000d, SLICE, text_charset),
  FIELD (0x2711, SLICE, service),   FIELD (0x2712, SLICE, service_charset),
};

static gboolean
read_reason (const OscarTlvChain *chain, OscarRendezvous *self, GError **error)
{
  OscarTlv tlv = { TLV_REASON };

  self->has_reason = oscar_tlv_find (chain, TLV_REASON, &tlv.value);
  return !self->has_reason || oscar_tlv_u16 (&tlv, &self->reason, error);
}

gboolean
oscar_rendezvous_decode (const ImReader *data, OscarRendezvous *ret,
                         GError **error)
{
  ImReader reader = *data;
  OscarRendezvous self = { 0 };
  OscarTlvChain chain;
  const guint8 *cap;

  if (!im_reader_u16 (&reader, &self.type, error) ||
      !im_reader_u64 (&reader, &self.cookie, error) ||
      !im_reader_raw (&reader, sizeof self.cap.bytes, &cap, error))
    goto failed;
  memcpy (self.cap.bytes, cap, sizeof self.cap.bytes);
  oscar_tlv_chain_init (&chain, &reader);
  if (!read_reason (&chain, &self, error) ||
      !oscar_tlv_decode_fields (&chain, fields, G_N_ELEMENTS (fields), &self,
                                error))
    goto failed;
  *ret = self;
  return TRUE;

failed:
  g_prefix_error (error, "rendezvous: ");
  return FALSE;
}

void
oscar_rendezvous_encode (ImWriter *writer, const OscarRendezvous *self)
{
  im_writer_u16 (writer, self->type);
  im_writer_u64 (writer, self->cookie);
  im_writer_raw (writer, self->cap.bytes, sizeof self->cap.bytes);
  if (self->has_reason)
    oscar_tlv_write_u16 (writer, TLV_REASON, self->reason);
  oscar_tlv_encode_fields (writer, fields, G_N_ELEMENTS (fields), self);
}

gboolean
oscar_rendezvous_decode_file (const ImReader *service, OscarFileOffer *ret,
                              GError **error)
{
  ImReader reader = *service;
  const guint8 *nul;
  guint16 kind;

  if (!im_reader_u16 (&reader, &kind, error) ||
      !im_reader_u16 (&reader, &ret->count, error) ||
      !im_reader_u32 (&reader, &ret->total, error))
    {
      g_prefix_error (error, "file offer: ");
      return FALSE;
    }
  ret->several = kind == 2;
  ret->name = reader;
  nul = im_reader_left (&reader) > 0
            ? memchr (reader.pos, '\0', im_reader_left (&reader))
            : NULL;
  if (nul != NULL)
    ret->name.end = nul;
  return TRUE;
}

void
oscar_rendezvous_write_file (ImWriter *writer, const OscarFileOffer *self)
{
  im_writer_u16 (writer, self->several ? 2 : 1);
  im_writer_u16 (writer, self->count);
  im_writer_u32 (writer, self->total);
  im_writer_raw (writer, self->name.pos, im_reader_left (&self->name));
  im_writer_u8 (writer, 0);
}
