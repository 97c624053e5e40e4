package dev.kindling.arch.planted.plan;

/** Planted: uses a higher level. */
public record LooksUp(dev.kindling.arch.planted.protocol.Letter letter) {}
