package dev.kindling.arch.planted.storage;

/** Planted: one half of a circle. */
public record Left(dev.kindling.arch.planted.plan.Right right) {}
