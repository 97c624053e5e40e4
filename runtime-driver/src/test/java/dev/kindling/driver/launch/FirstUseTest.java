package dev.kindling.driver.launch;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstUseTest {
    @Test
    void everyClassThatIsLoadedAheadIsThere() throws ClassNotFoundException {
        List<String> all = new ArrayList<>(FirstUse.OF_JOBS);
        all.addAll(FirstUse.OF_TASKS);
        for (String name : all) {
            Class<?> type =
                    Class.forName("dev.kindling." + name, false, getClass().getClassLoader());
            assertFalse(type.isInterface(), name + " brings nothing along");
        }
    }
}
