DROP TABLE notice_browsers;
