-- Run once, when the volume is empty: the two roles of docs/database-roles.md.
CREATE ROLE zakops_migration LOGIN PASSWORD 'for-this-machine-only';
CREATE ROLE zakops_runtime LOGIN PASSWORD 'for-this-machine-only';
CREATE DATABASE zakops OWNER zakops_migration;
