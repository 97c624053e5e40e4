package dev.kindling.arch.planted.plan;

/** Planted: the other half of a circle. */
public record Right(dev.kindling.arch.planted.storage.Left left) {}
