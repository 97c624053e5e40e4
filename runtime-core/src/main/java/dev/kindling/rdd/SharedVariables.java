package dev.kindling.rdd;

/** What the program's functions share with the driver: what they add to, and what they read. */
public record SharedVariables(AccumulatorRegistry accumulators, BroadcastPublisher broadcasts) {}
