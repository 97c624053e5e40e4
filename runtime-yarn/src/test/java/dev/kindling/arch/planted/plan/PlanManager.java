package dev.kindling.arch.planted.plan;

/** Planted: a name that says nothing. */
public record PlanManager() {}
