-- What lists are sorted and searched by, for every text of a person that has a column: a database that cannot sort has to
-- hand out all rows. The application computes these keys also for the rows that are there (see `keys.rs`).

ALTER TABLE employees ADD COLUMN full_name_key TEXT;
ALTER TABLE employees ADD COLUMN middle_name_key TEXT;
ALTER TABLE employees ADD COLUMN name_prefix_key TEXT;
ALTER TABLE employees ADD COLUMN name_suffix_key TEXT;
ALTER TABLE employees ADD COLUMN nick_name_key TEXT;
ALTER TABLE employees ADD COLUMN user_type_key TEXT;
ALTER TABLE employees ADD COLUMN profile_url_key TEXT;
ALTER TABLE employees ADD COLUMN preferred_language_key TEXT;
ALTER TABLE employees ADD COLUMN locale_key TEXT;
ALTER TABLE employees ADD COLUMN time_zone_key TEXT;
ALTER TABLE employees ADD COLUMN cost_center_key TEXT;
ALTER TABLE employees ADD COLUMN organization_key TEXT;
ALTER TABLE employees ADD COLUMN division_key TEXT;
ALTER TABLE employees ADD COLUMN manager_key TEXT;
