export type RRType = number;
