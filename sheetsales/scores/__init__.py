"""From typed tables to scored tables, pure: no clock, no files, every threshold a row of data."""
