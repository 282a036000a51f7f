import { loadConfig, RuntimeConfig } from '#zakops/config';
import { Logger } from '@nestjs/common';
import pino from 'pino';
import { LogLevel } from './log-level.js';

describe(LogLevel.name, () => {
  beforeEach(() => {
    Logger.overrideLogger(false);
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function setup(configured = 'info'): { sut: LogLevel; logger: pino.Logger; lines: string[] } {
    const sut = new LogLevel(loadConfig([RuntimeConfig], { LOG_LEVEL: configured }).get(RuntimeConfig));
    const lines: string[] = [];
    const options = { messageKey: 'message', onChild: (child: pino.Logger) => void sut.govern(child) };
    const logger = sut.govern(pino(options, { write: (line) => lines.push((JSON.parse(line) as { message: string }).message) }));
    return { sut, logger, lines };
  }

  it('reaches loggers and their children, those made before and those made after', () => {
    const { sut, logger, lines } = setup();
    const before = logger.child({ part: 1 });
    const grandchild = before.child({ part: 2 });
    sut.override('debug', 60_000);
    const after = logger.child({ part: 3 });
    for (const one of [logger, before, grandchild, after]) one.debug('heard');
    expect(lines).toEqual(['heard', 'heard', 'heard', 'heard']);

    sut.restore();
    for (const one of [logger, before, grandchild, after]) one.debug('not heard');
    expect(lines).toHaveLength(4);
    expect(sut.current).toBe('info');
  });

  it('can be asked for less, too', () => {
    const { sut, logger, lines } = setup();
    sut.override('error', 60_000);
    logger.warn('not heard');
    logger.error('heard');
    expect(lines).toEqual(['heard']);
  });

  it('goes back when the time is over', () => {
    const { sut, logger, lines } = setup('warn');
    sut.override('debug', 60_000);
    jest.advanceTimersByTime(59_999);
    logger.debug('still heard');
    jest.advanceTimersByTime(1);
    logger.debug('not heard');
    logger.info('nor this');
    expect(lines).toEqual(['still heard']);
    expect([sut.current, sut.configured]).toEqual(['warn', 'warn']);
  });

  it('keeps to the last wish: a new one, or the same one again with more or less time', () => {
    const { sut } = setup();
    sut.override('debug', 1_000);
    sut.override('trace', 10_000);
    jest.advanceTimersByTime(5_000);
    expect(sut.current).toBe('trace');
    sut.override('trace', 1_000);
    jest.advanceTimersByTime(1_000);
    expect(sut.current).toBe('info');
    sut.override('error', 1_000);
    sut.restore();
    sut.override('debug', 10_000);
    jest.advanceTimersByTime(5_000);
    expect(sut.current).toBe('debug');
  });

  it('waits for longer than a timer can, without ending at once', () => {
    const { sut } = setup();
    sut.override('debug', 40 * 86_400_000);
    jest.advanceTimersByTime(86_400_000);
    expect(sut.current).toBe('debug');
  });
});
