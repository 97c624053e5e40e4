package dev.kindling.driver;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Groups of tasks in this JVM. */
class GroupsTest extends GroupsContract {
    private static KindlingContext kindling;

    @BeforeAll
    static void open() {
        kindling = new KindlingContext("local[2]", "groups", new KindlingConf().set("kindling.task.maxFailures", "1"));
    }

    @AfterAll
    static void close() {
        kindling.close();
    }

    @Override
    KindlingContext kindling() {
        return kindling;
    }
}
