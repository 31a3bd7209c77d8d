DROP TABLE family_messages;
