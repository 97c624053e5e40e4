package dev.kindling.driver.launch;

import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

class FirstUseTest {
    @Test
    void everyClassThatIsLoadedAheadIsThere() throws ClassNotFoundException {
        for (String name : FirstUse.CLASSES) {
            Class<?> type =
                    Class.forName("dev.kindling." + name, false, getClass().getClassLoader());
            assertFalse(type.isInterface(), name + " brings nothing along");
        }
    }
}
