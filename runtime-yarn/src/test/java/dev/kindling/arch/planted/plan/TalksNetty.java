package dev.kindling.arch.planted.plan;

/** Planted: a library behind the back of its door. */
public record TalksNetty(io.netty.buffer.ByteBuf bytes) {}
