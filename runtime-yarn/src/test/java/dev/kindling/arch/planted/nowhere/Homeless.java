package dev.kindling.arch.planted.nowhere;

/** Planted: its package has no level. */
public record Homeless() {}
