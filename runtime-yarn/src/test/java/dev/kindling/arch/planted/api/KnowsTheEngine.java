package dev.kindling.arch.planted.api;

/** Planted: the public API names a class of the engine. */
public record KnowsTheEngine(dev.kindling.arch.planted.protocol.Letter letter) {}
