DROP TABLE text_messages;
DROP TABLE notice_numbers;
