package dev.weir.server.logging;

import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * What SLF4J finds: the warnings and errors of libraries become lines of the daemon's log, without stack traces, and what they
 * say below that is not asked for. Nothing is told while there is no daemon. Any thread.
 */
public final class LibraryLog implements SLF4JServiceProvider {
    /** Takes the lines. */
    public interface Sink {
        void warning(String line);

        void error(String line);
    }

    private static volatile @Nullable Sink sink;

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();

    /** From now on lines go there; null for nowhere. */
    public static void to(@Nullable Sink next) {
        sink = next;
    }

    @Override
    public void initialize() {}

    @Override
    public ILoggerFactory getLoggerFactory() {
        return Line::new;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    /** The logger of one class. */
    private static final class Line extends LegacyAbstractLogger implements Logger {
        private static final long serialVersionUID = 1;

        /** Whether whoever uses the library tells what is wrong: Kafka's client says it again and again while a broker is away. */
        private final boolean told;

        Line(String className) {
            name = className;
            told = className.startsWith("org.apache.kafka.");
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return false;
        }

        @Override
        public boolean isWarnEnabled() {
            return sink != null && !told;
        }

        @Override
        public boolean isErrorEnabled() {
            return isWarnEnabled();
        }

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level,
                @Nullable Marker marker,
                String pattern,
                Object @Nullable [] arguments,
                @Nullable Throwable thrown) {
            Sink told = sink;
            if (told == null) {
                return;
            }
            String said = MessageFormatter.basicArrayFormat(pattern, arguments);
            String line =
                    name.substring(name.lastIndexOf('.') + 1) + ": " + said + (thrown == null ? "" : ": " + thrown);
            String oneLine = line.lines().findFirst().orElse("");
            if (level == Level.ERROR) {
                told.error(oneLine);
            } else {
                told.warning(oneLine);
            }
        }
    }
}
