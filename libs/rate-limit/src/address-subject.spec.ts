import { addressSubject, networkSubjects } from './address-subject.js';

describe(addressSubject.name, () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2/64'],
    ['2001:db8::1', '2001:db8:0:0/64'],
    ['2001:db8::2:3:4:5:6', '2001:db8:0:2/64'],
    ['::1', '0:0:0:0/64'],
    ['fe80::1%eth0', 'fe80:0:0:0/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0/64'],
    ['', ''],
    ['a:b', 'a:b'],
  ])('%s is %s', (address, subject) => {
    expect(addressSubject(address)).toBe(subject);
  });
});

describe(networkSubjects.name, () => {
  it.each([
    ['203.0.113.7', []],
    ['::ffff:203.0.113.7', []],
    ['::ffff:cb00:7107', []],
    ['2001:db8:1:2ff::1', ['2001:db8:1:200/56', '2001:db8:1:0/48']],
    ['2001:db8:1:2::1', ['2001:db8:1:0/56', '2001:db8:1:0/48']],
    ['2001:db8:1:ffff::1', ['2001:db8:1:ff00/56', '2001:db8:1:0/48']],
    ['', []],
  ])('around %s are %j', (address, networks) => {
    expect(networkSubjects(address)).toEqual(networks);
  });
});
