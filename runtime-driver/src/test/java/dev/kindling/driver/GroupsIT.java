package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** Groups of tasks in an executor of 64 MB: the giant one lies on its disk. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GroupsIT extends GroupsContract {
    private static KindlingContext kindling;

    @BeforeAll
    static void open() {
        kindling = new KindlingContext(
                "local-cluster[1,2,64]", "groups", new KindlingConf().set("kindling.task.maxFailures", "1"));
    }

    @AfterAll
    static void close() {
        kindling.close();
        assertEquals(List.of(), Leftovers.processes(), "processes");
    }

    @Override
    KindlingContext kindling() {
        return kindling;
    }
}
