package dev.kindling.driver;

import dev.kindling.api.KindlingContext;
import dev.kindling.classpath.ClassSource;
import dev.kindling.classpath.NestedJars;
import dev.kindling.classpath.UserClassLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Programs that live in jars of their own, as the command line runs them; the same for all masters. */
final class UserClasses {
    /** Says in which world it runs: its own, older libraries must be the ones it sees, on every side. */
    static final Map<String, String> OLD_LIBRARIES = Map.of(
            "io.netty.util.Version",
            "package io.netty.util; public class Version { public static String who() { return \"netty 4.1\"; } }",
            "com.esotericsoftware.kryo.Kryo",
            "package com.esotericsoftware.kryo; public class Kryo { public String who() { return \"kryo 4\"; } }",
            "org.example.App",
            """
            package org.example;
            import dev.kindling.api.KindlingContext;
            import java.util.List;
            public class App implements java.util.function.Function<KindlingContext, Object> {
                public record Row(int number, String world) {}
                @Override public Object apply(KindlingContext kindling) {
                    return kindling.parallelize(List.of(1, 2, 3), 2)
                            .map(n -> new Row(n, io.netty.util.Version.who() + ", " + new com.esotericsoftware.kryo.Kryo().who()))
                            .keyBy(row -> row.number() % 2)
                            .groupByKey(2)
                            .flatMap(pair -> pair._2().iterator())
                            .map(row -> row.number() + " " + row.world())
                            .sortBy(text -> text, true, 1)
                            .collect();
                }
            }
            """);

    static final List<String> OLD_LIBRARIES_ANSWER =
            List.of("1 netty 4.1, kryo 4", "2 netty 4.1, kryo 4", "3 netty 4.1, kryo 4");

    private UserClasses() {}

    /** Runs {@code org.example.App} of a jar in a loader of its own, which is also the caller's context loader. */
    static Object run(Path jar, Path scratch, String master) throws IOException, ReflectiveOperationException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (UserClassLoader loader = new UserClassLoader(
                NestedJars.expand(jar, scratch), UserClasses.class.getClassLoader(), ClassSource.NONE)) {
            thread.setContextClassLoader(loader);
            @SuppressWarnings("unchecked") // the sources above declare it so
            Function<KindlingContext, Object> app = (Function<KindlingContext, Object>)
                    loader.loadClass("org.example.App").getConstructor().newInstance();
            try (KindlingContext kindling = new KindlingContext(master, "app")) {
                return app.apply(kindling);
            }
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** What a class of a library answers, called inside a task by its name only. */
    static String ask(KindlingContext kindling, String className) {
        return kindling.parallelize(List.of(className), 1)
                .map(name -> (String)
                        Class.forName(name, true, Thread.currentThread().getContextClassLoader())
                                .getMethod("who")
                                .invoke(null))
                .first();
    }
}
