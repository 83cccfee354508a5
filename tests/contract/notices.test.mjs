// News of the house (NE1).

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { World, nobody } from './support/world.mjs';

describe('notices', () => {
  let world, api;
  before(async () => {
    world = await World.open();
    api = world.api;
  });
  after(() => world?.close());

  const write = async (json, options) =>
    (
      await api.post(201, '/news', {
        token: world.admin,
        json: { title: '안내', content: '내용', ...json },
        ...options,
      })
    ).news;

  it('are listed pinned ones first, then the newest (NE1)', async () => {
    const plain = await write({ title: '첫째' });
    const pinned = await write({ title: '고정', is_pinned: true });
    const newest = await write({ title: '셋째', content: '여러\n줄' });
    const { news, pagination } = await api.get('/news');
    assert.deepEqual(
      news.map((each) => each.id),
      [pinned.id, newest.id, plain.id],
    );
    assert.deepEqual(pagination, { page: 1, limit: 20, total: 3, totalPages: 1 });
    assert.equal((await api.get('/news?page=2&limit=2')).news[0].id, plain.id);
    for (const query of ['page=0', 'limit=0', 'limit=1001', 'limit=abc'])
      await api.refused(400, 'invalid_argument', 'GET', `/news?${query}`);
  });

  it('tell created_at and createdAt (fault: the one is sent, the other read)', async () => {
    const notice = await write({});
    assert.equal(notice.created_at, notice.createdAt);
    const { news } = await api.get('/news');
    for (const each of news) assert.equal(each.created_at, each.createdAt);
  });

  it('count every reading, cached or not (fault: views count cache misses only)', async () => {
    const { id } = await write({});
    const views = [];
    for (let i = 0; i < 3; ++i) views.push((await api.get(`/news/${id}`)).news.views);
    assert.deepEqual(views, [1, 2, 3]);
    await Promise.all(Array.from({ length: 20 }, () => api.get(`/news/${id}`)));
    assert.equal((await api.get(`/news/${id}`)).news.views, 24);
  });

  it('are written by admins only, in their own name (fault: any user posts in anyone’s name)', async () => {
    const customer = await world.customer();
    const json = { title: '공지', content: '내용', is_pinned: true, author: '사장님', author_id: nobody };
    await api.refused(403, 'not_permitted', 'POST', '/news', { token: customer, json });
    const notice = await write(json);
    assert.equal(notice.author_id, world.admin.user.id);
    assert.equal(notice.author, world.admin.user.name);
  });

  it('are changed in parts and removed (NE1)', async () => {
    const { id } = await write({ title: '전', is_pinned: true });
    const { body } = await api.call(200, 'PUT', `/news/${id}`, { token: world.admin, json: { title: '후' } });
    assert.deepEqual([body.news.title, body.news.content, body.news.is_pinned], ['후', '내용', true]);
    await api.call(200, 'PUT', `/news/${id}`, { token: world.admin, json: { is_pinned: false } });
    const { news } = await api.get(`/news/${id}`);
    assert.deepEqual([news.title, news.is_pinned], ['후', false]);
    await api.call(200, 'DELETE', `/news/${id}`, { token: world.admin });
    for (const [method, options] of [
      ['GET', {}],
      ['PUT', { token: world.admin, json: {} }],
      ['DELETE', { token: world.admin }],
    ])
      await api.refused(404, 'notice_not_found', method, `/news/${id}`, options);
  });

  it('want a title of one line and a content within bounds', async () => {
    for (const [field, json] of [
      ['title', { title: undefined }],
      ['title', { title: '' }],
      ['title', { title: '가'.repeat(201) }],
      ['title', { title: '두\n줄' }],
      ['title', { title: 7 }],
      ['content', { content: '' }],
      ['content', { content: 'x'.repeat(64 * 1024 + 1) }],
      ['is_pinned', { is_pinned: 'yes' }],
    ]) {
      const { body } = await api.call(400, 'POST', '/news', {
        token: world.admin,
        json: { title: '안내', content: '내용', ...json },
      });
      assert.equal(body.field ?? body.errors[0].field, field, JSON.stringify(json).slice(0, 50));
    }
    const longest = await write({ title: '가'.repeat(200), content: 'x'.repeat(64 * 1024) });
    assert.equal(longest.title.length, 200);
    await api.refused(400, 'invalid_argument', 'GET', '/news/17');
    await api.refused(404, 'notice_not_found', 'GET', `/news/${nobody}`);
  });

  it('keep what is written as it is: markup is text', async () => {
    const { id } = await write({ title: '<b>"굵게"</b>', content: '<script>alert(1)</script>\t\n끝' });
    const { news } = await api.get(`/news/${id}`);
    assert.deepEqual([news.title, news.content], ['<b>"굵게"</b>', '<script>alert(1)</script>\t\n끝']);
  });

  it('are made once for one idempotency key', async () => {
    const before = (await api.get('/news?limit=1')).pagination.total;
    const json = { title: '한 번', content: '내용' };
    const first = await write(json, { key: 'notice-once' });
    const again = await api.call(201, 'POST', '/news', { token: world.admin, json, key: 'notice-once' });
    assert.equal(again.body.news.id, first.id);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    assert.equal((await api.get('/news?limit=1')).pagination.total, before + 1);
    await api.refused(422, 'idempotency_misuse', 'POST', '/news', {
      token: world.admin,
      json: { ...json, title: '다르게' },
      key: 'notice-once',
    });
  });
});
