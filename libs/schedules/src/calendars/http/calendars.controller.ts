import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Put, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiPreconditionFailedResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentPrincipal, type Principal, RequireScopes } from '@app/access';
import {
  ApiMergePatch,
  ApiNotModified,
  ApiPage,
  AS_IT_WAS_READ,
  cursorOf,
  IF_MATCH,
  IfMatch,
  mapPage,
  type Page,
  pageOf,
  Post,
  VersionSeen,
} from '@app/platform/http';
import { CalendarImports } from '../calendar-imports.js';
import { CalendarsService } from '../calendars.service.js';
import type { Calendar } from '../domain/calendar.js';
import { patchedCalendar, replacingCalendar, toCalendarDefinition } from './calendar-definition.request.js';
import { CALENDAR_EXAMPLES, CALENDAR_PATCH_EXAMPLES, IMPORT_EXAMPLES } from './calendar-examples.js';
import { CalendarRequest } from './calendar.request.js';
import { CalendarResponse, toCalendarResponse } from './calendar.response.js';
import { ImportCalendarRequest } from './import-calendar.request.js';
import { ListCalendarsQuery } from './list-calendars.query.js';

const CURSOR = cursorOf('calendars', ['uuid']);
const NO_SUCH_CALENDAR = { description: 'There is no such calendar, or it was deleted.' };
const NAME_TAKEN = { description: 'Another calendar has this name.' };
const NAME_TAKEN_OR_IN_USE = {
  description: 'Another calendar has this name, or schedules name this one by its old name.',
};
const IN_USE = { description: 'Schedules name it; up to five of them are listed.' };
const STALE = { description: 'The calendar has changed since it was read.' };

@ApiTags('calendars')
@Controller('calendars')
export class CalendarsController {
  constructor(
    private readonly calendars: CalendarsService,
    private readonly imports: CalendarImports,
  ) {}

  @Get()
  @RequireScopes('schedules:read')
  @ApiOperation({ operationId: 'listCalendars', summary: 'List calendars, newest first' })
  @ApiPage(CalendarResponse)
  async list(
    @Query() { limit, cursor, q }: ListCalendarsQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<Page<CalendarResponse>> {
    const [beforeId] = CURSOR.read(cursor) ?? [];
    const rows = await this.calendars.list(service, { q }, { limit: limit + 1, beforeId });
    return mapPage(
      pageOf(rows, limit, CURSOR, (calendar) => [calendar.id]),
      toCalendarResponse,
    );
  }

  @Post()
  @RequireScopes('schedules:write')
  @ApiOperation({
    operationId: 'createCalendar',
    summary: 'Create a calendar of times at which nothing runs',
  })
  @ApiBody({ type: CalendarRequest, examples: CALENDAR_EXAMPLES })
  @ApiCreatedResponse({ type: CalendarResponse, description: 'Created; `Location` says where.' })
  @ApiConflictResponse(NAME_TAKEN)
  async create(
    @Body() body: CalendarRequest,
    @CurrentPrincipal() { service }: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CalendarResponse> {
    const calendar = await this.calendars.create(service, toCalendarDefinition(body));
    response.location(`/calendars/${calendar.id}`);
    return toCalendarResponse(calendar);
  }

  @Get(':calendarId')
  @RequireScopes('schedules:read')
  @ApiOperation({ operationId: 'getCalendar', summary: 'Get a calendar' })
  @ApiOkResponse({ type: CalendarResponse })
  @ApiNotModified()
  @ApiNotFoundResponse(NO_SUCH_CALENDAR)
  async get(
    @Param('calendarId') calendarId: string,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<CalendarResponse> {
    return toCalendarResponse(await this.calendars.get(service, calendarId));
  }

  /** The body is not typed as a DTO, for it may hold what only the stored calendar can be compared with. */
  @Put(':calendarId')
  @RequireScopes('schedules:write')
  @ApiOperation({
    operationId: 'replaceCalendar',
    summary: 'Replace a calendar: what is left out takes its default',
    description: AS_IT_WAS_READ,
  })
  @ApiBody({ type: CalendarRequest, examples: CALENDAR_EXAMPLES })
  @ApiOkResponse({ type: CalendarResponse })
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_CALENDAR)
  @ApiConflictResponse(NAME_TAKEN_OR_IN_USE)
  @ApiPreconditionFailedResponse(STALE)
  async replace(
    @Param('calendarId') calendarId: string,
    @Body() body: unknown,
    @VersionSeen() expectedVersion: number | null,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<CalendarResponse> {
    const decide = (calendar: Calendar) => replacingCalendar(calendar, body);
    return toCalendarResponse(await this.calendars.change(service, calendarId, expectedVersion, decide));
  }

  /** The body is not typed as a DTO: only the document that results from the patch can be judged. */
  @Patch(':calendarId')
  @RequireScopes('schedules:write')
  @ApiOperation({
    operationId: 'updateCalendar',
    summary: 'Change parts of a calendar by a merge patch (RFC 7396)',
    description: AS_IT_WAS_READ,
  })
  @ApiMergePatch(CalendarRequest, CALENDAR_PATCH_EXAMPLES)
  @ApiOkResponse({ type: CalendarResponse })
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_CALENDAR)
  @ApiConflictResponse(NAME_TAKEN_OR_IN_USE)
  @ApiPreconditionFailedResponse(STALE)
  async update(
    @Param('calendarId') calendarId: string,
    @Body() patch: unknown,
    @VersionSeen() expectedVersion: number | null,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<CalendarResponse> {
    return toCalendarResponse(
      await this.calendars.change(service, calendarId, expectedVersion, (calendar) =>
        patchedCalendar(calendar, patch),
      ),
    );
  }

  @Delete(':calendarId')
  @RequireScopes('schedules:write')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteCalendar', summary: 'Delete a calendar that no schedule names' })
  @ApiNoContentResponse()
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_CALENDAR)
  @ApiConflictResponse(IN_USE)
  @ApiPreconditionFailedResponse(STALE)
  async delete(
    @Param('calendarId') calendarId: string,
    @IfMatch() expectedVersion: number | null,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<void> {
    await this.calendars.delete(service, calendarId, expectedVersion);
  }

  @Post(':calendarId/import')
  @RequireScopes('schedules:write')
  @HttpCode(200)
  @ApiOperation({ operationId: 'importCalendar', summary: 'Exclude the events of an iCalendar file' })
  @ApiBody({ type: ImportCalendarRequest, examples: IMPORT_EXAMPLES })
  @ApiOkResponse({ type: CalendarResponse })
  @ApiNotFoundResponse(NO_SUCH_CALENDAR)
  async import(
    @Param('calendarId') calendarId: string,
    @Body() body: ImportCalendarRequest,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<CalendarResponse> {
    return toCalendarResponse(await this.imports.import(service, calendarId, body));
  }
}
