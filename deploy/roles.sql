-- The roles and the database of an outside PostgreSQL 15 or newer. Run it as a superuser, with psql 15 or newer and
-- with OWNER_PASSWORD, APP_PASSWORD and BACKUP_PASSWORD in the environment:
--
--   psql --no-psqlrc --dbname postgres --file roles.sql
--
-- Running it again sets the attributes and passwords anew and leaves the data alone: that is how a password is rotated.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv backup_password BACKUP_PASSWORD
select :{?owner_password} and :{?app_password} and :{?backup_password} as given \gset
\if :given
\else
do $$ begin raise exception 'set OWNER_PASSWORD, APP_PASSWORD and BACKUP_PASSWORD in the environment first'; end $$;
\endif

select format('create role %I', name) from unnest(array['evenkeel_owner', 'evenkeel_app', 'evenkeel_backup']) as name
where not exists (select from pg_roles where rolname = name) \gexec

-- The log of the server must not hold the passwords.
set log_statement = 'none';
-- Owns the tables and migrates them. Row-level security holds for it too.
alter role evenkeel_owner with login nosuperuser nobypassrls nocreatedb nocreaterole noreplication password :'owner_password';
-- Serves. It owns nothing.
alter role evenkeel_app with login nosuperuser nobypassrls nocreatedb nocreaterole noreplication password :'app_password';
-- Reads everything, for backups alone. It changes nothing.
alter role evenkeel_backup with login nosuperuser bypassrls nocreatedb nocreaterole noreplication password :'backup_password';
reset log_statement;
select 'grant pg_read_all_data to evenkeel_backup'
where not pg_has_role('evenkeel_backup', 'pg_read_all_data', 'member') \gexec

-- Text is ordered by its code points, as in the embedded server, so that lists have the same order everywhere.
select 'create database evenkeel owner evenkeel_owner template template0 encoding ''UTF8'' lc_collate ''C'' lc_ctype ''C.UTF-8'''
where not exists (select from pg_database where datname = 'evenkeel') \gexec
revoke all on database evenkeel from public;
grant connect on database evenkeel to evenkeel_app, evenkeel_backup;

\connect evenkeel
revoke all on schema public from public;
grant usage on schema public to evenkeel_app;
