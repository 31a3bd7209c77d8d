DROP TABLE plugin_health;
