package dev.kindling.arch.planted.protocol;

/** What planted classes reach for. */
public record Letter(int number) {}
