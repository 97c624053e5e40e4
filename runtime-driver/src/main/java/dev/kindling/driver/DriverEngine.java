package dev.kindling.driver;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.spi.Session;
import dev.kindling.api.spi.SessionProvider;
import dev.kindling.config.ApplicationKeys;
import dev.kindling.config.Config;
import dev.kindling.config.InputKeys;
import dev.kindling.config.TaskKeys;
import dev.kindling.driver.launch.FirstUse;
import dev.kindling.driver.plan.JobPlanner;
import dev.kindling.driver.plan.PlannerSettings;
import dev.kindling.rdd.PlanSession;
import dev.kindling.rdd.SessionSettings;
import java.util.OptionalInt;

/** What a {@code KindlingContext} opens: configuration to application, application to session. Holds nothing itself. */
public final class DriverEngine implements SessionProvider {
    @Override
    public Session open(KindlingConf conf, KindlingContext context) {
        FirstUse.begin(conf.get(ApplicationKeys.MASTER.name(), conf.get("spark.master", "local")));
        Config config = Config.parse(conf.getAll());
        Application application = Application.start(config, callersLoader());
        PlannerSettings planner = new PlannerSettings(
                application.id(),
                config.get(TaskKeys.MAX_FAILURES),
                application.program().loader(),
                application.stores());
        PlanSession session = new PlanSession(
                context,
                settingsOf(conf, config, application),
                new JobPlanner(application.driver(), planner),
                application.program(),
                application.shared(),
                application.events(),
                application::close);
        application.driver().afterCollections(session::dropCollected);
        return session;
    }

    /** The program's classes are those that the thread which makes the context can see. */
    private static ClassLoader callersLoader() {
        ClassLoader callers = Thread.currentThread().getContextClassLoader();
        return callers != null ? callers : DriverEngine.class.getClassLoader();
    }

    private static SessionSettings settingsOf(KindlingConf conf, Config config, Application application) {
        int configured = config.get(ApplicationKeys.DEFAULT_PARALLELISM);
        return new SessionSettings(
                conf,
                application.id(),
                config.get(ApplicationKeys.NAME),
                application.master(),
                application.isLocal(),
                configured > 0 ? configured : application.totalCores(),
                configured > 0 ? OptionalInt.of(configured) : OptionalInt.empty(),
                config.get(InputKeys.RECURSIVE),
                InputKeys.recordDelimiter(config),
                application.uiUri(),
                application.stores());
    }
}
