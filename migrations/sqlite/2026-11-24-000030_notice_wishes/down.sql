DROP TABLE notice_links;
DROP TABLE notice_readers;
DROP TABLE notice_wishes;
