use super::ask;
