/* Who is on the list, where: the one copy both ways of fetching it fill. */

#include "msnp-people.h"

static void
test_find (void)
{
  MsnpPeople *people = msnp_people_new ();
  MsnpPerson *bob = msnp_people_ensure (people, "Bob@Example.com");

  g_assert_cmpstr (bob->address, ==, "bob@example.com");
  g_assert_cmpint (bob->status, ==, MSNP_STATUS_OFFLINE);
  g_assert_true (msnp_people_ensure (people, "bob@example.com") == bob);
  g_assert_true (msnp_people_find (people, "BOB@example.com") == bob);
  g_assert_null (msnp_people_find (people, "eve@example.com"));
  g_assert_cmpuint (msnp_people_count (people), ==, 1);
  msnp_people_set_id (people, bob, "b");
  msnp_people_remove (people, bob);
  g_assert_null (msnp_people_find_id (people, "b"));
  g_assert_null (msnp_people_find (people, "bob@example.com"));
  msnp_people_free (people);
}

/* Two contacts with one id must never make an edit hit the wrong one. */
static void
test_ids (void)
{
  MsnpPeople *people = msnp_people_new ();
  MsnpPerson *bob = msnp_people_ensure (people, "bob@example.com");
  MsnpPerson *eve = msnp_people_ensure (people, "eve@example.com");

  msnp_people_set_id (people, bob, "1");
  g_assert_true (msnp_people_find_id (people, "1") == bob);
  msnp_people_set_id (people, bob, "2");
  g_assert_null (msnp_people_find_id (people, "1"));
  msnp_people_set_id (people, eve, "2");
  g_assert_true (msnp_people_find_id (people, "2") == eve);
  g_assert_null (bob->id);
  msnp_people_set_id (people, bob, NULL);
  g_assert_true (msnp_people_find_id (people, "2") == eve);
  msnp_people_set_id (people, eve, eve->id);
  g_assert_true (msnp_people_find_id (people, "2") == eve);
  msnp_people_free (people);
}

static void
test_groups (void)
{
  MsnpPeople *people = msnp_people_new ();
  MsnpPerson *bob = msnp_people_ensure (people, "bob@example.com");
  MsnpPeopleGroup *friends = msnp_people_set_group (people, "1", "Friends");
  MsnpPeopleGroup *work = msnp_people_set_group (people, "2", "Work");

  g_assert_true (msnp_people_set_group (people, "1", "Pals") == friends);
  g_assert_true (msnp_people_find_group_by_name (people, "Pals") == friends);
  g_assert_null (msnp_people_find_group_by_name (people, "Friends"));
  g_assert_true (msnp_people_join (bob, friends));
  g_assert_false (msnp_people_join (bob, friends));
  g_assert_true (msnp_people_join (bob, work));
  g_assert_true (msnp_people_in_group (bob, work));
  g_assert_true (msnp_people_part (bob, work));
  g_assert_false (msnp_people_part (bob, work));
  msnp_people_set_group_id (people, friends, "9");
  g_assert_null (msnp_people_find_group (people, "1"));
  g_assert_true (msnp_people_find_group (people, "9") == friends);
  msnp_people_remove_group (people, friends);
  g_assert_null (bob->groups);
  g_assert_cmpuint (msnp_people_groups (people)->len, ==, 1);
  g_assert_true (g_ptr_array_index (msnp_people_groups (people), 0) == work);
  msnp_people_join (bob, work);
  msnp_people_clear (people);
  g_assert_cmpuint (msnp_people_count (people), ==, 0);
  g_assert_cmpuint (msnp_people_groups (people)->len, ==, 0);
  msnp_people_free (people);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/people/find", test_find);
  g_test_add_func ("/msnp/people/ids", test_ids);
  g_test_add_func ("/msnp/people/groups", test_groups);
  return g_test_run ();
}
