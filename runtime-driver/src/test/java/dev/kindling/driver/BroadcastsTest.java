package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Broadcast;
import dev.kindling.api.KindlingContext;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BroadcastsTest extends BroadcastContract {
    private static final AtomicReference<Object> SEEN = new AtomicReference<>();

    private static KindlingContext kindling;

    @BeforeAll
    static void open() {
        kindling = KindlingContext.local(2);
    }

    @AfterAll
    static void close() {
        kindling.close();
    }

    @Override
    KindlingContext kindling() {
        return kindling;
    }

    @Test
    void tasksInsideTheDriversJvmGetTheVeryObject() {
        Object value = new int[] {1};
        Broadcast<Object> broadcast = kindling.broadcast(value);

        kindling.parallelize(List.of(0), 1).foreach(n -> SEEN.set(broadcast.value()));

        assertTrue(SEEN.get() == value);
        assertTrue(
                broadcast
                        .toString()
                        .matches("broadcast " + broadcast.id() + " \\(broadcast at BroadcastsTest.java:\\d+\\)"),
                broadcast.toString());
    }
}
